namespace MlflowRollout.Engine.Deployments;

/// <summary>What a deployment refers to, as the service takes it.</summary>
/// <param name="Model">Model; null for none, or to leave it.</param>
/// <param name="Code">Code; null for none, or to leave it.</param>
/// <param name="Environment">Environment; null for none, or to leave it.</param>
internal sealed record DeploymentIds(string? Model, string? Code = null, string? Environment = null)
{
    /// <summary>True where the environment is a package, which holds model and code.</summary>
    public bool IsPackage { get; init; }

    /// <summary>Data assets of the data collector, by collection.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();
}
