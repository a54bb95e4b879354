using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Where a collection of assets is.</summary>
/// <param name="Template">Path template of the place.</param>
/// <param name="Type">The place's resource type, without the provider.</param>
/// <param name="Id">The place's ARM id.</param>
internal sealed record AssetScope(string Template, string Type, Func<WorkspaceIdentity, string> Id)
{
    public static AssetScope Workspace { get; } = new(ArmPaths.Workspace, "workspaces", identity => identity.Id);
}
