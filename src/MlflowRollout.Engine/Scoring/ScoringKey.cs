namespace MlflowRollout.Engine.Scoring;

/// <summary>What authenticates scoring requests.</summary>
/// <param name="Secret">Key or token; null for endpoints that take none.</param>
/// <param name="RenewOn">When to get a new one without being told; null for keys.</param>
internal sealed record ScoringKey(string? Secret, DateTimeOffset? RenewOn)
{
    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
