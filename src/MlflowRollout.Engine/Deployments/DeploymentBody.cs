using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Deployments from settings to bodies.</summary>
internal static class DeploymentBody
{
    /// <summary>The body of a new deployment: what the official clients send, and nothing that the service fills in.</summary>
    public static JsonObject Create(MlDeploymentSettings settings, DeploymentIds ids, string location, bool isKubernetes)
    {
        JsonObject sku = new() { ["name"] = "Default" };
        // A cluster that scales by itself chooses the number.
        if ((settings.InstanceCount ?? (isKubernetes && settings.Scale is { TargetUtilization: true } ? null : 1)) is { } count)
        {
            sku["capacity"] = count;
        }

        JsonObject properties = new()
        {
            ["endpointComputeType"] = isKubernetes ? "Kubernetes" : "Managed",
            ["properties"] = new JsonObject(),
            ["environmentVariables"] = new JsonObject(),
            ["appInsightsEnabled"] = false,
        };
        JsonObject body = new() { ["location"] = location, ["tags"] = new JsonObject(), ["sku"] = sku, ["properties"] = properties };
        if (settings.InstanceType is { } instanceType)
        {
            properties["instanceType"] = instanceType;
        }

        DeploymentProperties.Apply(body, settings, ids);
        return body;
    }

    /// <summary>A read body with changes; everything else stays, known or not.</summary>
    public static JsonObject Change(JsonObject read, MlDeploymentSettings settings, DeploymentIds ids)
    {
        JsonObject body = ResourceMapping.ForWriting(read);
        if (settings.InstanceCount is { } count)
        {
            body.ObjectOrNew("sku")["capacity"] = count;
        }

        DeploymentProperties.Apply(body, settings, ids);
        return body;
    }

    /// <summary>The body of a PATCH: instance count and tags.</summary>
    public static JsonObject Patch(JsonObject read, MlDeploymentSettings settings)
    {
        JsonObject patch = [];
        if (settings.InstanceCount is { } count)
        {
            patch["sku"] = new JsonObject { ["name"] = read.Object("sku").Text("name") ?? "Default", ["capacity"] = count };
        }

        if (settings.Tags is { } tags)
        {
            // The whole set, since it is not documented whether a PATCH merges tags; null removes where it does.
            JsonObject whole = new() { ["tags"] = read.Object("tags")?.DeepClone() };
            whole.MergeTexts("tags", tags, StringComparison.OrdinalIgnoreCase);
            JsonObject merged = (JsonObject)whole["tags"]!.DeepClone();
            foreach (string removed in (read.Object("tags") ?? []).Select(pair => pair.Key).Where(key => !merged.ContainsKey(key)).ToArray())
            {
                merged[removed] = null;
            }

            patch["tags"] = merged;
        }

        return patch;
    }

    /// <summary>True when a PATCH can carry all changes.</summary>
    public static bool IsPatch(MlDeploymentSettings settings) =>
        settings is
        {
            Model: null, ModelReference: null, ModelToRegister: null, InstanceType: null, MaxConcurrentRequestsPerInstance: null, RequestTimeout: null, MaxQueueWait: null,
            EnvironmentVariables: null, Description: null, Properties: null, LivenessProbe: null, ReadinessProbe: null, AppInsightsEnabled: null,
            EgressPublicNetworkAccess: null, StartupProbe: null, ModelMountPath: null, Code: null, Environment: null, Scale: null, Resources: null,
            DataCollector: null, DataCollectorCollections: null, DataCollectorSamplingRate: null, AdditionalProperties: null,
        };
}
