using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>What all resources have in common, from a body to a pipeline object.</summary>
internal static class ResourceMapping
{
    /// <summary>Key under which the service keeps the address of the latest operation.</summary>
    public const string OperationKey = "AzureAsyncOperationUri";

    /// <summary>Fills the common members.</summary>
    public static void Fill(MlResource resource, JsonObject body, WorkspaceConnection connection)
    {
        JsonObject? properties = body.Object("properties");
        JsonObject? system = body.Object("systemData");
        resource.Name = body.Text("name") ?? string.Empty;
        resource.Id = body.Text("id") ?? string.Empty;
        resource.WorkspaceName = connection.Workspace.Name;
        resource.ConnectionId = connection.Workspace.ConnectionId;
        resource.Description = properties.Text("description");
        properties.CopyTexts("properties", resource.Properties);
        resource.CreatedAt = system.Moment("createdAt");
        resource.CreatedBy = system.Text("createdBy");
        resource.LastModifiedAt = system.Moment("lastModifiedAt");
    }

    /// <summary>State of a resource.</summary>
    public static MlProvisioningState StateOf(JsonObject body) =>
        body.Object("properties").Choice("provisioningState", MlProvisioningState.Unknown);

    /// <summary>Address of the latest operation on a resource; null when it keeps none.</summary>
    public static Uri? OperationOf(JsonObject body) => body.Object("properties").Object("properties").Address(OperationKey);

    /// <summary>
    /// A read body as it may be written: without what the service alone fills in. Everything else stays, known or not.
    /// </summary>
    public static JsonObject ForWriting(JsonObject read)
    {
        JsonObject body = (JsonObject)read.DeepClone();
        foreach (string name in new[] { "id", "name", "type", "systemData" })
        {
            body.Remove(name);
        }

        if (body.Object("properties") is { } properties)
        {
            foreach (string name in new[] { "provisioningState", "scoringUri", "swaggerUri", "keys" })
            {
                properties.Remove(name);
            }

            if (properties.Object("properties") is { } entries)
            {
                foreach (string key in entries.Select(pair => pair.Key).ToArray())
                {
                    if (key.Equals(OperationKey, StringComparison.OrdinalIgnoreCase) || key.Equals("azureml.onlineendpointid", StringComparison.OrdinalIgnoreCase))
                    {
                        entries.Remove(key);
                    }
                }
            }
        }

        if (body.Object("identity") is { } identity)
        {
            identity.Remove("principalId");
            identity.Remove("tenantId");
            if (identity.Object("userAssignedIdentities") is { } assigned)
            {
                foreach (string id in assigned.Select(pair => pair.Key).ToArray())
                {
                    assigned[id] = new JsonObject();
                }
            }
        }

        return body;
    }
}
