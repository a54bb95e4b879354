using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Computes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>An endpoint as it is answered.</summary>
internal static class EndpointView
{
    public static string Id(EmulatorContext context, string name) => $"{context.Identity.Id}/onlineEndpoints/{name}";

    public static JsonObject Render(ResourceRecord record, EmulatorContext context, string apiVersion)
    {
        JsonObject body = record.Body.DeepClone().AsObject();
        JsonObject properties = body["properties"]!.AsObject();
        body.Remove("properties");
        string id = Id(context, record.Name);
        bool kubernetes = ComputeId.IsKubernetes(record);
        JsonObject result = new()
        {
            ["id"] = id,
            ["name"] = record.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
            ["kind"] = kubernetes ? "K8S" : "Managed",
        };
        foreach ((string key, JsonNode? value) in body)
        {
            result[key] = value?.DeepClone();
        }

        result["identity"] = ManagedIdentity.Render(record.Body["identity"]!.AsObject(), id, context.Identity.TenantId);
        result["systemData"] = ResourceBody.SystemData(record);

        JsonObject entries = properties["properties"]!.AsObject();
        entries["azureml.onlineendpointid"] = id.ToLowerInvariant();
        if (record.Operation is { } operation)
        {
            entries["AzureAsyncOperationUri"] = OperationLinks.Status(context, operation, apiVersion);
        }

        entries["createdBy"] = "emulator";
        entries["createdAt"] = StoredTime.Write(record.CreatedAt);
        entries["lastModifiedAt"] = StoredTime.Write(record.ModifiedAt);

        bool everReady = record.Live is not null;
        properties["keys"] = null;
        properties["scoringUri"] = everReady ? context.ScoringUri(record.Name, kubernetes) : null;
        properties["swaggerUri"] = everReady ? context.SwaggerUri(record.Name, kubernetes) : null;
        properties["provisioningState"] = record.State;
        result["properties"] = properties;
        return result;
    }
}
