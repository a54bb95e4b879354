using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Settings of a deployment in its body: what is null stays as it is.</summary>
internal static class DeploymentProperties
{
    /// <summary>Puts settings into a body.</summary>
    public static void Apply(JsonObject body, MlDeploymentSettings settings, DeploymentIds ids)
    {
        JsonObject properties = body.ObjectOrNew("properties");
        Set(properties, "model", ids.Model);
        Set(properties, "environmentId", ids.Environment);
        Set(properties, "modelMountPath", settings.ModelMountPath);
        Set(properties, "description", settings.Description);
        Set(properties, "appInsightsEnabled", settings.AppInsightsEnabled);
        Set(properties, "egressPublicNetworkAccess", settings.EgressPublicNetworkAccess?.ToString());
        if (ids.Code is not null || (settings.Code?.ScoringScript is not null && !ids.IsPackage))
        {
            JsonObject code = properties.ObjectOrNew("codeConfiguration");
            Set(code, "codeId", ids.Code);
            Set(code, "scoringScript", settings.Code?.ScoringScript);
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
        ApplyProbe(properties, "startupProbe", settings.StartupProbe);
        ApplyScale(properties, settings.Scale);
        ApplyResources(properties, settings.Resources);
        ApplyCollector(properties, settings, ids);
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
        Set(target, "failureThreshold", probe.FailureThreshold);
        Set(target, "successThreshold", probe.SuccessThreshold);
        SetDuration(properties, name, "initialDelay", probe.InitialDelay);
        SetDuration(properties, name, "period", probe.Period);
        SetDuration(properties, name, "timeout", probe.Timeout);
    }

    private static void ApplyScale(JsonObject properties, MlScaleSettings? scale)
    {
        if (scale is null)
        {
            return;
        }

        if (!scale.TargetUtilization)
        {
            properties["scaleSettings"] = new JsonObject { ["scaleType"] = "Default" };
            return;
        }

        JsonObject target = properties.ObjectOrNew("scaleSettings");
        target["scaleType"] = "TargetUtilization";
        Set(target, "minInstances", scale.MinInstances);
        Set(target, "maxInstances", scale.MaxInstances);
        Set(target, "targetUtilizationPercentage", scale.TargetUtilizationPercentage);
        SetDuration(properties, "scaleSettings", "pollingInterval", scale.PollingInterval);
    }

    private static void ApplyResources(JsonObject properties, MlContainerResources? resources)
    {
        if (resources is null)
        {
            return;
        }

        ApplyQuantities("containerResourceRequests", resources.RequestedCpu, resources.RequestedMemory, resources.RequestedGpu);
        ApplyQuantities("containerResourceLimits", resources.CpuLimit, resources.MemoryLimit, resources.GpuLimit);

        void ApplyQuantities(string name, string? cpu, string? memory, string? gpu)
        {
            if ((cpu ?? memory ?? gpu) is not null)
            {
                JsonObject target = properties.ObjectOrNew("containerResourceRequirements").ObjectOrNew(name);
                Set(target, "cpu", cpu);
                Set(target, "memory", memory);
                Set(target, "gpu", gpu);
            }
        }
    }

    private static void ApplyCollector(JsonObject properties, MlDeploymentSettings settings, DeploymentIds ids)
    {
        MlDataCollectorSettings? collector = settings.DataCollector ?? (settings.DataCollectorCollections is not { } names ? null : new MlDataCollectorSettings
        {
            Collections = names.ToDictionary(name => name, _ => new MlDataCollection()),
        });
        if (collector is null)
        {
            return;
        }

        JsonObject target = properties.ObjectOrNew("dataCollector");
        JsonObject collections = target.ObjectOrNew("collections");
        foreach ((string name, MlDataCollection asked) in collector.Collections)
        {
            JsonObject collection = collections.ObjectOrNew(name);
            collection["dataCollectionMode"] = asked.Enabled ? "Enabled" : "Disabled";
            Set(collection, "samplingRate", asked.SamplingRate ?? collector.SamplingRate ?? settings.DataCollectorSamplingRate);
            Set(collection, "clientId", asked.ClientId);
            Set(collection, "dataId", ids.Data.TryGetValue(name, out string? data) ? data : asked.DataId);
        }

        Set(target, "rollingRate", collector.RollingRate is { } rate ? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(rate.ToLowerInvariant()) : null);
        if (collector.CaptureHeaders is { } headers)
        {
            target.ObjectOrNew("requestLogging")["captureHeaders"] = new JsonArray([.. headers.Select(header => (JsonNode)header)]);
        }
    }

    private static void Set<T>(JsonObject target, string name, T? value)
    {
        if (value is not null)
        {
            target[name] = JsonValue.Create(value);
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
}
