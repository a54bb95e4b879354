namespace MlflowRollout.Services;

/// <summary>Where a model version is saved.</summary>
public sealed class MlModelDownload
{
    /// <summary>Full path of the folder that becomes the model's folder, or gets the model's one file.</summary>
    public required string Path { get; init; }

    /// <summary>What to do when it exists: Error, Skip (must have the same content) or Update (replaces it).</summary>
    public MlIfExists IfExists { get; init; }
}
