using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Registries;

/// <summary>The one registry of this emulator.</summary>
internal sealed class RegistryRoutes(EmulatorContext context)
{
    private const string WayOut = "The emulator has one registry, which is always there.";

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Registry, _ => Task.FromResult(ArmReply.Ok(Render()))),
        new("GET", ArmPaths.Provider + "/registries", List),
        new("GET", "subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/registries", List),
        new("PUT", ArmPaths.Registry, _ => throw ArmErrors.NotSupported("Creating or changing a registry", WayOut)),
        new("PATCH", ArmPaths.Registry, _ => throw ArmErrors.NotSupported("Changing a registry", WayOut)),
        new("DELETE", ArmPaths.Registry, _ => throw ArmErrors.NotSupported("Deleting a registry", WayOut)),
    ];

    private Task<ArmReply> List(ArmRequest request) =>
        Task.FromResult(ArmReply.Ok(new JsonObject { ["value"] = new JsonArray(Render()), ["nextLink"] = null }));

    private JsonObject Render()
    {
        WorkspaceIdentity identity = context.Identity;
        string created = StoredTime.Write(identity.CreatedAt);
        return new JsonObject
        {
            ["id"] = identity.RegistryId,
            ["name"] = identity.Registry,
            ["type"] = "Microsoft.MachineLearningServices/registries",
            ["location"] = identity.Location,
            ["tags"] = new JsonObject(),
            ["kind"] = null,
            ["sku"] = new JsonObject { ["name"] = "Basic", ["tier"] = "Basic" },
            ["identity"] = ManagedIdentity.Render(new JsonObject { ["type"] = "SystemAssigned" }, identity.RegistryId, identity.TenantId),
            ["systemData"] = new JsonObject
            {
                ["createdBy"] = "emulator",
                ["createdByType"] = "User",
                ["createdAt"] = created,
                ["lastModifiedBy"] = "emulator",
                ["lastModifiedByType"] = "User",
                ["lastModifiedAt"] = created,
            },
            ["properties"] = new JsonObject
            {
                ["discoveryUrl"] = $"{context.BaseUri}/registrymanagement/v1.0/registries/{identity.Registry}/discovery",
                ["mlFlowRegistryUri"] = $"azureml://{new Uri(context.BaseUri).Authority}/mlflow/v1.0{identity.RegistryId}",
                ["intellectualPropertyPublisher"] = null,
                ["publicNetworkAccess"] = "Enabled",
                ["managedResourceGroup"] = null,
                ["registryPrivateEndpointConnections"] = new JsonArray(),
                ["regionDetails"] = new JsonArray(new JsonObject
                {
                    ["location"] = identity.Location,
                    ["acrDetails"] = new JsonArray(),
                    ["storageAccountDetails"] = new JsonArray(new JsonObject
                    {
                        ["systemCreatedStorageAccount"] = new JsonObject
                        {
                            ["storageAccountName"] = identity.StorageAccount,
                            ["storageAccountType"] = "Standard_LRS",
                            ["storageAccountHnsEnabled"] = false,
                            ["allowBlobPublicAccess"] = false,
                            ["armResourceId"] = new JsonObject { ["resourceId"] = identity.StorageAccountId },
                        },
                    }),
                }),
            },
        };
    }
}
