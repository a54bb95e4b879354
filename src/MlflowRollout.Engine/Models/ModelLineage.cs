namespace MlflowRollout.Engine.Models;

/// <summary>Tags that say where a copied version came from.</summary>
internal static class ModelLineage
{
    /// <summary>Resource id of the workspace.</summary>
    public const string WorkspaceTag = "sourceWorkspace";

    /// <summary>Name of the model.</summary>
    public const string ModelTag = "sourceModel";

    /// <summary>Its version.</summary>
    public const string VersionTag = "sourceVersion";
}
