using MlflowRollout.Emulator.Arm.Codes;
using MlflowRollout.Emulator.Arm.Environments;
using MlflowRollout.Emulator.Arm.Models;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>All assets of one kind in one place, such as the models of the workspace: containers, and versions in them.</summary>
/// <param name="Container">How containers are stored.</param>
/// <param name="Version">How versions are stored; their parent is the container's name.</param>
internal sealed record AssetCollection(AssetKind Kind, AssetScope Scope, ResourceKind Container, ResourceKind Version)
{
    public static AssetCollection Models { get; } = new(new ModelAsset(), AssetScope.Workspace, ResourceKind.ModelContainer, ResourceKind.ModelVersion);

    public static AssetCollection Environments { get; } =
        new(new EnvironmentAsset(), AssetScope.Workspace, ResourceKind.EnvironmentContainer, ResourceKind.EnvironmentVersion);

    public static AssetCollection Codes { get; } = new(new CodeAsset(), AssetScope.Workspace, ResourceKind.CodeContainer, ResourceKind.CodeVersion);

    public static AssetCollection RegistryModels { get; } =
        new(Models.Kind, AssetScope.Registry, ResourceKind.RegistryModelContainer, ResourceKind.RegistryModelVersion);

    public static AssetCollection RegistryEnvironments { get; } =
        new(Environments.Kind, AssetScope.Registry, ResourceKind.RegistryEnvironmentContainer, ResourceKind.RegistryEnvironmentVersion);

    public static AssetCollection RegistryCodes { get; } =
        new(Codes.Kind, AssetScope.Registry, ResourceKind.RegistryCodeContainer, ResourceKind.RegistryCodeVersion);

    /// <summary>Those of the workspace.</summary>
    public static IReadOnlyList<AssetCollection> OfWorkspace { get; } = [Models, Environments, Codes];

    /// <summary>Those of the registry.</summary>
    public static IReadOnlyList<AssetCollection> OfRegistry { get; } = [RegistryModels, RegistryEnvironments, RegistryCodes];

    public static IReadOnlyList<AssetCollection> All { get; } = [.. OfWorkspace, .. OfRegistry];

    public string ListTemplate => $"{Scope.Template}/{Kind.Segment}";

    public string ContainerTemplate => ListTemplate + "/{asset}";

    public string VersionTemplate => ContainerTemplate + "/versions/{version}";

    public string ResourceType => $"Microsoft.MachineLearningServices/{Scope.Type}/{Kind.Segment}";

    public string ContainerId(WorkspaceIdentity identity, string name) => $"{Scope.Id(identity)}/{Kind.Segment}/{name}";

    public string VersionId(WorkspaceIdentity identity, string name, string version) => $"{ContainerId(identity, name)}/versions/{version}";

    public ArmException MissingContainer(string name) => ArmErrors.NotFound($"{ResourceType}/{name}");

    public ArmException MissingVersion(string name, string version) => ArmErrors.NotFound($"{ResourceType}/{name}/versions/{version}");

    /// <summary>A version in words.</summary>
    public string Describe(string name, string? version) => $"{Kind.Noun} '{name}'{(version is null ? string.Empty : $" version '{version}'")}";
}
