using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Models;

/// <summary>Assets of registries that a reference names without a version.</summary>
internal sealed class RegistryAssets(WorkspaceConnection connection)
{
    /// <summary>The reference to a model with the newest version in place of the label.</summary>
    /// <exception cref="MlNotFoundException">The registry is not in reach, or has no such model.</exception>
    public Task<string> ResolveLatestModelAsync(string registryName, string name, CancellationToken cancellationToken) => ResolveAsync(
        registryName, "models", name, MlErrorIds.ModelNotFound, registry => registry.GetMachineLearningModelContainer(name), cancellationToken);

    /// <summary>The reference to an environment with the newest version in place of the label.</summary>
    /// <exception cref="MlNotFoundException">The registry is not in reach, or has no such environment.</exception>
    public Task<string> ResolveLatestEnvironmentAsync(string registryName, string name, CancellationToken cancellationToken) => ResolveAsync(
        registryName, "environments", name, MlErrorIds.EnvironmentNotFound, registry => registry.GetMachineLearningEnvironmentContainer(name), cancellationToken);

    private async Task<string> ResolveAsync(
        string registryName, string kind, string name, string errorId,
        Func<MachineLearningRegistryResource, MachineLearningAssetContainerResource> container, CancellationToken cancellationToken)
    {
        string place = $"azureml://registries/{registryName}/{kind}/{name}";
        MachineLearningRegistryResource registry = await FindAsync(registryName, cancellationToken).ConfigureAwait(false)
            ?? throw NotFound(
                errorId,
                place,
                $"Registry '{registryName}' is not in subscription {connection.Workspace.SubscriptionId}, so that the newest version of '{name}' cannot be found",
                $"Name the version: {place}/versions/….");
        await foreach (JsonObject newest in container(registry).ListVersionsAsync(includeArchived: false, 1, cancellationToken).ConfigureAwait(false))
        {
            return $"{place}/versions/{newest.Text("name")}";
        }

        throw NotFound(errorId, place, $"Registry '{registryName}' has no active version of '{name}' among its {kind}", "Correct the name, or publish it to the registry first.");
    }

    // Beside the workspace it is found at once; else in the list of the subscription.
    private async Task<MachineLearningRegistryResource?> FindAsync(string name, CancellationToken cancellationToken)
    {
        MlWorkspace workspace = connection.Workspace;
        MachineLearningRegistryResource near = new(
            connection.Session.Client, MachineLearningRegistryResource.CreateResourceIdentifier(workspace.SubscriptionId, workspace.ResourceGroupName, name));
        return await near.GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is not null
            ? near
            : await new MachineLearningProviderResource(connection.Session.Client, workspace.SubscriptionId).FindRegistryAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private static MlNotFoundException NotFound(string errorId, string place, string message, string wayOut) =>
        new(errorId, $"{message}. Nothing was changed.") { Target = $"{place}/labels/latest", RecommendedAction = wayOut };
}
