using System.Text.RegularExpressions;
using MlflowRollout.Definitions;
using MlflowRollout.Engine.Yaml;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Definitions of deployments.</summary>
internal static partial class DeploymentDefinitions
{
    private const int MostManagedInstances = 50;
    private const int LongestManagedRequest = 180_000;

    /// <summary>Checks the rules beyond the key table and makes the definition.</summary>
    /// <param name="scope">The reading.</param>
    /// <param name="node">The whole file.</param>
    /// <param name="kind">Managed or Kubernetes; null where the file does not say.</param>
    public static MlDeploymentDefinition Map(DefinitionScope scope, DefinitionNode node, MlComputeType? kind)
    {
        AssetReferences.CheckName(scope, node.Item("name"), "deployment");
        AssetReferences.CheckName(scope, node.Item("endpoint_name"), "endpoint");
        CheckLimits(scope, node, kind);
        return new MlDeploymentDefinition
        {
            Path = scope.File,
            Name = node.Text("name"),
            EndpointName = node.Text("endpoint_name"),
            ComputeType = kind,
            Model = node.Item("model") is { Text: not null } reference ? AssetReferences.Model(scope, reference) : null,
            InlineModel = node.Child("model") is { } model ? ModelDefinitions.Map(scope, model, isInline: true) : null,
            Settings = Settings(scope, node, kind),
            Notes = scope.Notes,
        };
    }

    private static MlDeploymentSettings Settings(DefinitionScope scope, DefinitionNode node, MlComputeType? kind)
    {
        DefinitionNode? requests = node.Child("request_settings");
        return new MlDeploymentSettings
        {
            InstanceType = node.Text("instance_type"),
            InstanceCount = node.Whole("instance_count"),
            MaxConcurrentRequestsPerInstance = requests?.Whole("max_concurrent_requests_per_instance"),
            RequestTimeout = requests?.Milliseconds("request_timeout_ms"),
            MaxQueueWait = requests?.Milliseconds("max_queue_wait_ms"),
            EnvironmentVariables = Nullable(node.Texts("environment_variables")),
            Description = node.Text("description"),
            Tags = Nullable(node.Texts("tags")),
            Properties = node.Texts("properties"),
            LivenessProbe = Probe(node.Child("liveness_probe")),
            ReadinessProbe = Probe(node.Child("readiness_probe")),
            StartupProbe = Probe(node.Child("startup_probe")),
            AppInsightsEnabled = node.Truth("app_insights_enabled"),
            EgressPublicNetworkAccess = EndpointDefinitions.Access(node.Choice("egress_public_network_access")),
            ModelMountPath = node.Text("model_mount_path"),
            Code = Code(scope, node.Child("code_configuration")),
            Environment = EnvironmentDefinitions.Map(scope, node),
            Scale = Scale(scope, node.Child("scale_settings"), kind),
            Resources = Resources(scope, node.Child("resources")),
            DataCollector = Collector(scope, node.Child("data_collector")),
        };
    }

    private static void CheckLimits(DefinitionScope scope, DefinitionNode node, MlComputeType? kind)
    {
        if (kind == MlComputeType.Kubernetes)
        {
            return;
        }

        if (node.Whole("instance_count") > MostManagedInstances)
        {
            scope.Findings.Add(node.Item("instance_count")!, $"'instance_count' is {node.Text("instance_count")}, and a managed deployment has at most {MostManagedInstances}");
        }

        if (node.Child("request_settings") is { } requests && requests.Whole("request_timeout_ms") > LongestManagedRequest)
        {
            scope.Findings.Add(requests.Item("request_timeout_ms")!, $"'request_timeout_ms' is {requests.Text("request_timeout_ms")}, and a request to a managed deployment takes at most {LongestManagedRequest}");
        }
    }

    private static MlProbe? Probe(DefinitionNode? node) => node is null
        ? null
        : new MlProbe
        {
            InitialDelay = node.Seconds("initial_delay"),
            Period = node.Seconds("period"),
            Timeout = node.Seconds("timeout"),
            SuccessThreshold = node.Whole("success_threshold"),
            FailureThreshold = node.Whole("failure_threshold"),
        };

    private static MlCodeSettings? Code(DefinitionScope scope, DefinitionNode? node)
    {
        if (node is null)
        {
            return null;
        }

        string? source = null;
        if (node.Item("code") is { Text: { } text } code)
        {
            source = AssetReferences.IsReference(text) ? AssetReferences.Code(scope, code)
                : text.Contains("://", StringComparison.Ordinal) ? Refuse(scope, code)
                : LocalPaths.Find(scope, code, "code", mustBeFolder: null);
        }

        string? script = node.Text("scoring_script");
        if (script is "")
        {
            scope.Findings.Add(node.Item("scoring_script")!, "'scoring_script' is empty");
        }
        else if (script is not null && source is not null && Directory.Exists(source) && !File.Exists(Path.Combine(source, script.Replace('\\', '/'))))
        {
            scope.Findings.Add(node.Item("scoring_script")!, $"'scoring_script' is '{script}', and there is no such file in '{source}'");
        }

        return new MlCodeSettings { Source = source, ScoringScript = script };
    }

    private static string? Refuse(DefinitionScope scope, YamlItem code)
    {
        scope.Findings.Add(code, $"'code' is '{code.Text}', and code of a repository or an address is not offered; copy it to this machine and name the folder");
        return null;
    }

    private static MlScaleSettings? Scale(DefinitionScope scope, DefinitionNode? node, MlComputeType? kind)
    {
        if (node is null)
        {
            return null;
        }

        bool target = node.Choice("type") == "target_utilization";
        if (target && kind != MlComputeType.Kubernetes)
        {
            scope.Findings.Add(node.Place("type"), "a managed deployment has scale_settings type default only; Azure Monitor autoscale rules change its instance_count by load");
        }

        string[] ofTarget = ["min_instances", "max_instances", "polling_interval", "target_utilization_percentage"];
        foreach (string key in ofTarget.Where(key => !target && node.Choice("type") is not null && node.Item(key) is not null))
        {
            scope.Findings.Add(node.Place(key), $"'{key}' goes with type: target_utilization, and the type is default");
        }

        if (node.Whole("min_instances") > (node.Whole("max_instances") ?? 1))
        {
            scope.Findings.Add(node.Place("min_instances"), $"'min_instances' is above 'max_instances' ({node.Whole("max_instances") ?? 1})");
        }

        return new MlScaleSettings
        {
            TargetUtilization = target,
            MinInstances = node.Whole("min_instances"),
            MaxInstances = node.Whole("max_instances"),
            PollingInterval = node.Seconds("polling_interval"),
            TargetUtilizationPercentage = node.Whole("target_utilization_percentage"),
        };
    }

    private static MlContainerResources? Resources(DefinitionScope scope, DefinitionNode? node)
    {
        if (node is null)
        {
            return null;
        }

        DefinitionNode? requests = node.Child("requests");
        DefinitionNode? limits = node.Child("limits");
        return new MlContainerResources
        {
            RequestedCpu = Quantity(scope, requests, "cpu"),
            RequestedMemory = Quantity(scope, requests, "memory"),
            RequestedGpu = Gpu(scope, requests),
            CpuLimit = Quantity(scope, limits, "cpu"),
            MemoryLimit = Quantity(scope, limits, "memory"),
            GpuLimit = Gpu(scope, limits),
        };
    }

    private static string? Gpu(DefinitionScope scope, DefinitionNode? node)
    {
        if (node?.Item("gpu") is not null && node.Item("nvidia.com/gpu") is not null)
        {
            scope.Findings.Add(node.Place("gpu"), "'gpu' and 'nvidia.com/gpu' are the same; write one of them");
        }

        return Quantity(scope, node, "nvidia.com/gpu") ?? Quantity(scope, node, "gpu");
    }

    private static string? Quantity(DefinitionScope scope, DefinitionNode? node, string key)
    {
        if (node?.Item(key) is not { Text: { } text } value)
        {
            return null;
        }

        bool count = key.EndsWith("gpu", StringComparison.Ordinal);
        if (count ? !CountRule().IsMatch(text) : !QuantityRule().IsMatch(text))
        {
            scope.Findings.Add(value, $"'{key}' is '{text}', which is no {(count ? "count" : $"quantity of Kubernetes, such as {(key == "cpu" ? "0.5 or 500m" : "512Mi or 1Gi")}")}");
        }

        return text;
    }

    private static MlDataCollectorSettings? Collector(DefinitionScope scope, DefinitionNode? node)
    {
        if (node is null)
        {
            return null;
        }

        Dictionary<string, MlDataCollection> collections = new(StringComparer.Ordinal);
        foreach ((string name, DefinitionNode collection) in node.Children("collections"))
        {
            collections[name] = Collection(scope, collection);
        }

        string? rolling = node.Choice("rolling_rate");
        return new MlDataCollectorSettings
        {
            Collections = collections,
            SamplingRate = node.Number("sampling_rate"),
            RollingRate = rolling is null ? null : char.ToUpperInvariant(rolling[0]) + rolling[1..],
            CaptureHeaders = node.Child("request_logging")?.List("capture_headers")?.Select(header => header.Text).OfType<string>().ToList(),
        };
    }

    private static MlDataCollection Collection(DefinitionScope scope, DefinitionNode node)
    {
        DefinitionNode? asset = node.Child("data");
        YamlItem? reference = node.Item("data") is { Text: not null } text ? text : asset?.Item("data_id");
        if (asset?.Item("data_id") is not null && (asset.Item("name") ?? asset.Item("path") ?? asset.Item("version")) is not null)
        {
            scope.Findings.Add(asset.Place("data_id"), "'data_id' names a data asset that is registered, so 'name', 'path' and 'version' cannot be given with it");
        }

        if (asset?.Item("path") is { Text: { } path } at && !path.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase))
        {
            scope.Findings.Add(at, $"'path' is '{path}'; data is written to a datastore, so it must be azureml://datastores/<name>/paths/<path>");
        }

        return new MlDataCollection
        {
            Enabled = node.Truth("enabled") ?? true,
            SamplingRate = node.Number("sampling_rate"),
            ClientId = node.Text("client_id"),
            DataId = reference is null ? null : AssetReferences.Data(scope, reference, "data"),
            DataName = asset?.Text("name"),
            DataPath = asset?.Text("path"),
            DataVersion = asset?.Text("version"),
        };
    }

    private static Dictionary<string, string?>? Nullable(Dictionary<string, string>? map) => map?.ToDictionary(entry => entry.Key, entry => (string?)entry.Value, StringComparer.Ordinal);

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+)?(?:[numkMGTPE]|[KMGTPE]i)?\z")]
    private static partial Regex QuantityRule();

    [GeneratedRegex(@"\A[0-9]+\z")]
    private static partial Regex CountRule();
}
