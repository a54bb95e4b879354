using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Where a collection of assets is.</summary>
/// <param name="Template">Path template of the place.</param>
/// <param name="Type">The place's resource type, without the provider.</param>
/// <param name="Id">The place's ARM id.</param>
/// <param name="Describe">The place in words.</param>
internal sealed record AssetScope(string Template, string Type, Func<WorkspaceIdentity, string> Id, Func<WorkspaceIdentity, string> Describe)
{
    public static AssetScope Workspace { get; } = new(ArmPaths.Workspace, "workspaces", identity => identity.Id, identity => $"workspace '{identity.Workspace}'");

    public static AssetScope Registry { get; } = new(ArmPaths.Registry, "registries", identity => identity.RegistryId, identity => $"registry '{identity.Registry}'");
}
