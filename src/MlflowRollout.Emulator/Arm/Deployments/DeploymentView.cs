using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>A deployment as it is answered.</summary>
internal static class DeploymentView
{
    public static string Id(EmulatorContext context, string endpoint, string deployment) =>
        $"{EndpointView.Id(context, endpoint)}/deployments/{deployment}";

    public static JsonObject Render(ResourceRecord record, string endpointName, EmulatorContext context, string apiVersion)
    {
        JsonObject body = record.Body.DeepClone().AsObject();
        JsonObject properties = body["properties"]!.AsObject();
        body.Remove("properties");
        string id = Id(context, endpointName, record.Name);
        bool kubernetes = properties["endpointComputeType"]?.GetValue<string>() == "Kubernetes";
        JsonObject result = new()
        {
            ["id"] = id,
            ["name"] = record.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
            ["kind"] = kubernetes ? "K8S" : "Managed",
        };
        foreach ((string key, JsonNode? value) in body)
        {
            result[key] = value?.DeepClone();
        }

        if (record.Body["identity"] is JsonObject identity)
        {
            result["identity"] = ManagedIdentity.Render(identity, id, context.Identity.TenantId);
        }

        result["systemData"] = ResourceBody.SystemData(record);

        JsonObject entries = properties["properties"]!.AsObject();
        entries["azureml.onlineendpointid"] = EndpointView.Id(context, endpointName).ToLowerInvariant();
        if (record.Operation is { } operation)
        {
            entries["AzureAsyncOperationUri"] = OperationLinks.Status(context, operation, apiVersion);
        }

        entries["createdBy"] = "emulator";
        entries["createdAt"] = StoredTime.Write(record.CreatedAt);
        entries["lastModifiedAt"] = StoredTime.Write(record.ModifiedAt);
        properties["provisioningState"] = record.State;
        result["properties"] = properties;
        return result;
    }
}
