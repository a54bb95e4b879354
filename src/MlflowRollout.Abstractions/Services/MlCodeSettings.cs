namespace MlflowRollout.Services;

/// <summary>Own code of a deployment: where it is and which file of it scores.</summary>
public sealed class MlCodeSettings
{
    /// <summary>
    /// Local folder or file (full path), which is uploaded and registered; or <c>azureml:name:version</c>, a resource id, or a registry's uri. Null where
    /// only the script changes.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Scoring script, relative to <see cref="Source"/>; null where only the code changes.</summary>
    public string? ScoringScript { get; init; }
}
