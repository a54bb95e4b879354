using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Deployments from settings to bodies, with the service's limits checked before any call.</summary>
internal static class DeploymentBody
{
    private const int MostInstances = 50;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(300);

    /// <summary>Checks what needs no call.</summary>
    public static void Check(string name, MlDeploymentSettings settings, bool isKubernetes)
    {
        if (settings.InstanceCount is < 1 || (!isKubernetes && settings.InstanceCount > MostInstances))
        {
            throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"the instance count {settings.InstanceCount} is not from 1 to {MostInstances}"), "Give -InstanceCount a value in that range.");
        }

        if (settings.RequestTimeout is { } timeout && (timeout <= TimeSpan.Zero || (!isKubernetes && timeout > LongestRequest)))
        {
            throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"the request time-out {timeout.TotalSeconds} s is not above 0 and at most {LongestRequest.TotalSeconds} s"), "Give -RequestTimeout a value in that range.");
        }

        if (settings.MaxConcurrentRequestsPerInstance is < 1)
        {
            throw Invalid(name, "an instance takes at least one request at a time", "Give -MaxConcurrentRequestsPerInstance 1 or more.");
        }

        foreach ((string kind, MlProbe? probe) in new[] { ("liveness", settings.LivenessProbe), ("readiness", settings.ReadinessProbe) })
        {
            if (probe?.Period >= LongestProbe || probe?.Timeout >= LongestProbe)
            {
                throw Invalid(name, $"period and time-out of the {kind} probe must be below 300 s", "Give smaller values.");
            }
        }

        if (settings.DataCollectorSamplingRate is < 0 or > 1)
        {
            throw Invalid(name, "the sampling rate of the data collector is a share from 0 to 1", "Give a value in that range.");
        }
    }

    /// <summary>The body of a new deployment.</summary>
    public static JsonObject Create(MlDeploymentSettings settings, string modelId, string location, bool isKubernetes)
    {
        JsonObject properties = new()
        {
            ["endpointComputeType"] = isKubernetes ? "Kubernetes" : "Managed",
            ["model"] = modelId,
            ["properties"] = new JsonObject(),
            ["environmentVariables"] = new JsonObject(),
            ["scaleSettings"] = new JsonObject { ["scaleType"] = "Default" },
        };
        JsonObject body = new()
        {
            ["location"] = location,
            ["tags"] = new JsonObject(),
            ["sku"] = new JsonObject { ["name"] = "Default", ["capacity"] = settings.InstanceCount ?? 1 },
            ["properties"] = properties,
        };
        if (settings.InstanceType is { } instanceType)
        {
            properties["instanceType"] = instanceType;
        }

        Apply(body, settings);
        return body;
    }

    /// <summary>A read body with changes; everything else stays, known or not.</summary>
    public static JsonObject Change(JsonObject read, MlDeploymentSettings settings, string? modelId)
    {
        JsonObject body = ResourceMapping.ForWriting(read);
        JsonObject properties = body.ObjectOrNew("properties");
        if (modelId is not null)
        {
            properties["model"] = modelId;
        }

        if (settings.InstanceCount is { } count)
        {
            body.ObjectOrNew("sku")["capacity"] = count;
        }

        Apply(body, settings);
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
            Model: null, ModelReference: null, InstanceType: null, MaxConcurrentRequestsPerInstance: null, RequestTimeout: null, MaxQueueWait: null,
            EnvironmentVariables: null, Description: null, Properties: null, LivenessProbe: null, ReadinessProbe: null, AppInsightsEnabled: null,
            EgressPublicNetworkAccess: null, DataCollectorCollections: null, DataCollectorSamplingRate: null, AdditionalProperties: null,
        };

    private static void Apply(JsonObject body, MlDeploymentSettings settings)
    {
        JsonObject properties = body.ObjectOrNew("properties");
        if (settings.Description is { } description)
        {
            properties["description"] = description;
        }

        if (settings.Tags is { } tags)
        {
            body.MergeTexts("tags", tags, StringComparison.OrdinalIgnoreCase);
        }

        if (settings.EnvironmentVariables is { } variables)
        {
            properties.MergeTexts("environmentVariables", variables, StringComparison.Ordinal);
        }

        if (settings.Properties is { } entries)
        {
            properties.MergeTexts("properties", entries.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), StringComparison.OrdinalIgnoreCase);
        }

        if (settings.MaxConcurrentRequestsPerInstance is { } concurrency)
        {
            properties.ObjectOrNew("requestSettings")["maxConcurrentRequestsPerInstance"] = concurrency;
        }

        SetDuration(properties, "requestSettings", "requestTimeout", settings.RequestTimeout);
        SetDuration(properties, "requestSettings", "maxQueueWait", settings.MaxQueueWait);
        ApplyProbe(properties, "livenessProbe", settings.LivenessProbe);
        ApplyProbe(properties, "readinessProbe", settings.ReadinessProbe);
        if (settings.AppInsightsEnabled is { } insights)
        {
            properties["appInsightsEnabled"] = insights;
        }

        if (settings.EgressPublicNetworkAccess is { } egress)
        {
            properties["egressPublicNetworkAccess"] = egress.ToString();
        }

        ApplyCollector(properties, settings);
        foreach ((string key, object? value) in settings.AdditionalProperties ?? new Dictionary<string, object?>())
        {
            Merge(properties, key, JsonBody.FromPlain(value));
        }
    }

    private static void ApplyProbe(JsonObject properties, string name, MlProbe? probe)
    {
        if (probe is null)
        {
            return;
        }

        JsonObject target = properties.ObjectOrNew(name);
        if (probe.FailureThreshold is { } failures)
        {
            target["failureThreshold"] = failures;
        }

        if (probe.SuccessThreshold is { } successes)
        {
            target["successThreshold"] = successes;
        }

        SetDuration(properties, name, "initialDelay", probe.InitialDelay);
        SetDuration(properties, name, "period", probe.Period);
        SetDuration(properties, name, "timeout", probe.Timeout);
    }

    private static void ApplyCollector(JsonObject properties, MlDeploymentSettings settings)
    {
        if (settings.DataCollectorCollections is not { } names)
        {
            return;
        }

        JsonObject collections = properties.ObjectOrNew("dataCollector").ObjectOrNew("collections");
        foreach (string name in names)
        {
            JsonObject collection = collections.ObjectOrNew(name);
            collection["dataCollectionMode"] = "Enabled";
            if (settings.DataCollectorSamplingRate is { } rate)
            {
                collection["samplingRate"] = rate;
            }
        }
    }

    private static void SetDuration(JsonObject properties, string parent, string name, TimeSpan? duration)
    {
        if (duration is { } value)
        {
            properties.ObjectOrNew(parent)[name] = JsonBody.FromDuration(value);
        }
    }

    private static void Merge(JsonObject target, string key, JsonNode? value)
    {
        if (value is JsonObject given && target.Object(key) is { } there)
        {
            foreach ((string inner, JsonNode? node) in given)
            {
                Merge(there, inner, node?.DeepClone());
            }
        }
        else
        {
            target[key] = value;
        }
    }

    private static MlValidationException Invalid(string name, string rule, string wayOut) =>
        new(MlErrorIds.ParameterInvalid, $"Deployment {name} cannot be made so: {rule}. Nothing was changed.") { Target = name, RecommendedAction = wayOut };
}
