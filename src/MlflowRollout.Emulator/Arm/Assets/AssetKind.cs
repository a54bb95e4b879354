using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>What tells one kind of versioned asset from another: its words, and the members that its versions have of their own.</summary>
internal abstract class AssetKind
{
    /// <summary>The word for one of them in messages, such as <c>model</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>The segment of paths and ids, such as <c>models</c>.</summary>
    public abstract string Segment { get; }

    /// <summary>The code of the detail that validation errors are in.</summary>
    public virtual string InvalidDetail => "ModelRegistryError";

    /// <summary>The property that says where a version's files are; null where it has none.</summary>
    public virtual string? UriMember => null;

    /// <summary>Checks the kind's own members of a PUT and fills their defaults.</summary>
    /// <param name="what">The version in words, for refusals.</param>
    /// <param name="sent">The properties as they were sent.</param>
    /// <param name="properties">The properties as they are stored; what the kinds have in common is there already.</param>
    /// <param name="before">The version as it is; null when it is created.</param>
    public abstract void Fill(string what, JsonObject sent, JsonObject properties, ResourceRecord? before);

    /// <summary>Whether a version is in a list that filters by members of this kind.</summary>
    public virtual bool IsListed(ArmRequest request, ResourceRecord version) => true;

    /// <summary>What the properties of a deployment name as its asset of this kind; null for none.</summary>
    public abstract string? NamedBy(JsonObject deploymentProperties);

    /// <summary>Versions are immutable but for what describes them.</summary>
    protected static ArmException Immutable(string what, string members, string target) => ArmErrors.Conflict(
        $"The {what} exists with another {members}, and these cannot be changed. Register another version.",
        target);
}
