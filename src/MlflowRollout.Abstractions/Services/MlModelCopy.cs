namespace MlflowRollout.Services;

/// <summary>Where a model version is copied to.</summary>
public sealed class MlModelCopy
{
    /// <summary>The workspace; a connection of the same engine.</summary>
    public required IMlWorkspaceClient Destination { get; init; }

    /// <summary>Name there; null for the same.</summary>
    public string? Name { get; init; }

    /// <summary>Version there; null for the same.</summary>
    public string? Version { get; init; }

    /// <summary>True: the next version there instead of a named one.</summary>
    public bool NextVersion { get; init; }

    /// <summary>True, with <see cref="NextVersion"/>: return the newest version there when its content is the same.</summary>
    public bool ReuseUnchanged { get; init; }

    /// <summary>What to do when the version exists there: Error, Skip (must have the same content) or Update (description, tags, stage).</summary>
    public MlIfExists IfExists { get; init; }
}
