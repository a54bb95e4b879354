using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A workspace.</summary>
internal sealed class MachineLearningWorkspaceResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>The id of a workspace.</summary>
    public static ResourceIdentifier CreateResourceIdentifier(string subscriptionId, string resourceGroupName, string workspaceName) =>
        new($"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{ArmSettings.Provider}/workspaces/{workspaceName}");

    /// <summary>An endpoint by name; calls nothing.</summary>
    public MachineLearningOnlineEndpointResource GetMachineLearningOnlineEndpoint(string name) =>
        new(Client, Child($"onlineEndpoints/{name}"));

    /// <summary>A model by name; calls nothing.</summary>
    public MachineLearningModelContainerResource GetMachineLearningModelContainer(string name) => new(Client, Child($"models/{name}"));

    /// <summary>An environment by name; calls nothing.</summary>
    public MachineLearningEnvironmentContainerResource GetMachineLearningEnvironmentContainer(string name) => new(Client, Child($"environments/{name}"));

    /// <summary>A code asset by name; calls nothing.</summary>
    public MachineLearningCodeContainerResource GetMachineLearningCodeContainer(string name) => new(Client, Child($"codes/{name}"));

    /// <summary>A data asset by name; calls nothing.</summary>
    public MachineLearningDataContainerResource GetMachineLearningDataContainer(string name) => new(Client, Child($"data/{name}"));

    /// <summary>A datastore by name; calls nothing.</summary>
    public MachineLearningDatastoreResource GetMachineLearningDatastore(string name) => new(Client, Child($"datastores/{name}"));

    /// <summary>All endpoints.</summary>
    public IAsyncEnumerable<JsonObject> ListOnlineEndpointsAsync(CancellationToken cancellationToken) =>
        ListAsync("onlineEndpoints", null, cancellationToken);

    /// <summary>All models (containers).</summary>
    public IAsyncEnumerable<JsonObject> ListModelContainersAsync(bool includeArchived, CancellationToken cancellationToken) =>
        ListAsync("models", includeArchived ? "listViewType=All" : "listViewType=ActiveOnly", cancellationToken);

    /// <summary>All environments (containers) that are not archived.</summary>
    public IAsyncEnumerable<JsonObject> ListEnvironmentContainersAsync(CancellationToken cancellationToken) =>
        ListAsync("environments", "listViewType=ActiveOnly", cancellationToken);

    /// <summary>The default datastore; null when the workspace names none.</summary>
    public async Task<JsonObject?> FindDefaultDatastoreAsync(CancellationToken cancellationToken)
    {
        await foreach (JsonObject found in ListAsync("datastores", "isDefault=true&count=30&orderByAsc=false", cancellationToken).ConfigureAwait(false))
        {
            return found;
        }

        return null;
    }
}
