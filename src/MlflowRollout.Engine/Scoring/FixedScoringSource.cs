namespace MlflowRollout.Engine.Scoring;

/// <summary>A key that was given by the caller, without a control plane to ask.</summary>
internal sealed class FixedScoringSource(string? key) : IScoringSource
{
    /// <inheritdoc/>
    public bool CanRefresh => false;

    /// <inheritdoc/>
    public ValueTask<ScoringKey> GetKeyAsync(CancellationToken cancellationToken) => new(new ScoringKey(key, null));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, int>?> GetLiveWeightsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyDictionary<string, int>?>(null);

    /// <inheritdoc/>
    public Task<int?> GetAdmissionAsync(string deploymentName, CancellationToken cancellationToken) => Task.FromResult<int?>(null);

    /// <inheritdoc/>
    public Task<MlModelSignature?> ReadModelSignatureAsync(string deploymentName, CancellationToken cancellationToken) => Task.FromResult<MlModelSignature?>(null);
}
