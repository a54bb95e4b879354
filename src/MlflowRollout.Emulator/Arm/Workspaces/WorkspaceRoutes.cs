using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Workspaces;

/// <summary>The one workspace of this emulator.</summary>
internal sealed class WorkspaceRoutes(EmulatorContext context)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace, _ => Task.FromResult(ArmReply.Ok(Render()))),
        new("GET", ArmPaths.Provider + "/workspaces", List),
        new("GET", "subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces", List),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        string? kind = request.Query("kind");
        JsonArray value = kind is null || kind.Equals("Default", StringComparison.OrdinalIgnoreCase) ? [Render()] : [];
        return Task.FromResult(ArmReply.Ok(new JsonObject { ["value"] = value, ["nextLink"] = null }));
    }

    private JsonObject Render()
    {
        WorkspaceIdentity identity = context.Identity;
        string created = StoredTime.Write(identity.CreatedAt);
        return new JsonObject
        {
            ["id"] = identity.Id,
            ["name"] = identity.Workspace,
            ["type"] = "Microsoft.MachineLearningServices/workspaces",
            ["location"] = identity.Location,
            ["tags"] = new JsonObject(),
            ["kind"] = "Default",
            ["etag"] = null,
            ["sku"] = new JsonObject { ["name"] = "Basic", ["tier"] = "Basic" },
            ["identity"] = ManagedIdentity.Render(new JsonObject { ["type"] = "SystemAssigned" }, identity.Id, identity.TenantId),
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
                ["friendlyName"] = identity.Workspace,
                ["description"] = "A workspace of the MlflowRollout emulator.",
                ["workspaceId"] = identity.WorkspaceId.ToString("D"),
                ["storageAccount"] = identity.StorageAccountId,
                ["keyVault"] = null,
                ["applicationInsights"] = null,
                ["containerRegistry"] = null,
                ["discoveryUrl"] = $"{context.BaseUri}/discovery",
                ["mlFlowTrackingUri"] = $"azureml://{new Uri(context.BaseUri).Authority}/mlflow/v1.0{identity.Id}",
                ["publicNetworkAccess"] = "Enabled",
                ["provisioningState"] = ProvisioningStates.Succeeded,
                ["hbiWorkspace"] = false,
                ["v1LegacyMode"] = false,
                ["storageHnsEnabled"] = false,
                ["allowPublicAccessWhenBehindVnet"] = false,
                ["imageBuildCompute"] = null,
                ["tenantId"] = identity.TenantId.ToString("D"),
                ["privateLinkCount"] = 0,
                ["privateEndpointConnections"] = new JsonArray(),
            },
        };
    }
}
