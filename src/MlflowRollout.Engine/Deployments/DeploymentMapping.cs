using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Models;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Deployments from bodies to pipeline objects.</summary>
internal static class DeploymentMapping
{
    /// <summary>A body as an object.</summary>
    /// <param name="body">Body.</param>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="endpoint">The endpoint's body, for weights; null when it was not read.</param>
    /// <param name="connection">Connection.</param>
    public static MlDeployment ToModel(JsonObject body, string endpointName, JsonObject? endpoint, WorkspaceConnection connection)
    {
        JsonObject? properties = body.Object("properties");
        JsonObject? request = properties.Object("requestSettings");
        JsonObject? code = properties.Object("codeConfiguration");
        string? model = properties.Text("model");
        (string Name, string Version)? named = ModelReference.FindNameAndVersion(model);
        MlDeployment deployment = new()
        {
            EndpointName = endpointName,
            ProvisioningState = ResourceMapping.StateOf(body),
            Model = model,
            ModelName = named?.Name,
            ModelVersion = named is { } found ? new MlVersion(found.Version) : null,
            ComputeType = properties.Choice("endpointComputeType", MlComputeType.Managed),
            InstanceType = properties.Text("instanceType"),
            InstanceCount = body.Object("sku").Number("capacity") ?? 0,
            MaxConcurrentRequestsPerInstance = request.Number("maxConcurrentRequestsPerInstance"),
            RequestTimeout = request.Duration("requestTimeout"),
            MaxQueueWait = request.Duration("maxQueueWait"),
            EnvironmentId = Filled(properties.Text("environmentId")),
            CodeId = Filled(code.Text("codeId")),
            ScoringScript = Filled(code.Text("scoringScript")),
            AppInsightsEnabled = properties.Flag("appInsightsEnabled") ?? false,
            LivenessProbe = ToProbe(properties.Object("livenessProbe")),
            ReadinessProbe = ToProbe(properties.Object("readinessProbe")),
            StartupProbe = ToProbe(properties.Object("startupProbe")),
            ModelMountPath = Filled(properties.Text("modelMountPath")),
            ScaleSettings = ToScale(properties.Object("scaleSettings")),
            Resources = ToResources(properties.Object("containerResourceRequirements")),
            DataCollector = ToCollector(properties.Object("dataCollector")),
            EgressPublicNetworkAccess = properties.Text("egressPublicNetworkAccess") is null
                ? null
                : properties.Choice("egressPublicNetworkAccess", MlPublicNetworkAccess.Enabled),
            Location = body.Text("location") ?? string.Empty,
        };
        ResourceMapping.Fill(deployment, body, connection);
        body.CopyTexts("tags", deployment.Tags);
        properties.CopyTexts("environmentVariables", deployment.EnvironmentVariables);
        if (endpoint is not null)
        {
            deployment.TrafficWeight = EndpointMapping.ReadMap(endpoint, "traffic").WeightOf(deployment.Name);
            deployment.MirrorTrafficWeight = EndpointMapping.ReadMap(endpoint, "mirrorTraffic").WeightOf(deployment.Name);
        }

        return deployment;
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static MlProbe? ToProbe(JsonObject? probe) => probe is null
        ? null
        : new MlProbe
        {
            FailureThreshold = probe.Number("failureThreshold"),
            SuccessThreshold = probe.Number("successThreshold"),
            InitialDelay = probe.Duration("initialDelay"),
            Period = probe.Duration("period"),
            Timeout = probe.Duration("timeout"),
        };

    private static MlScaleSettings? ToScale(JsonObject? scale) => scale is null
        ? null
        : new MlScaleSettings
        {
            TargetUtilization = string.Equals(scale.Text("scaleType"), "TargetUtilization", StringComparison.OrdinalIgnoreCase),
            MinInstances = scale.Number("minInstances"),
            MaxInstances = scale.Number("maxInstances"),
            PollingInterval = scale.Duration("pollingInterval"),
            TargetUtilizationPercentage = scale.Number("targetUtilizationPercentage"),
        };

    private static MlContainerResources? ToResources(JsonObject? resources)
    {
        JsonObject? requests = resources.Object("containerResourceRequests");
        JsonObject? limits = resources.Object("containerResourceLimits");
        return requests is null && limits is null
            ? null
            : new MlContainerResources
            {
                RequestedCpu = requests.Text("cpu"),
                RequestedMemory = requests.Text("memory"),
                RequestedGpu = requests.Text("gpu"),
                CpuLimit = limits.Text("cpu"),
                MemoryLimit = limits.Text("memory"),
                GpuLimit = limits.Text("gpu"),
            };
    }

    private static MlDataCollectorSettings? ToCollector(JsonObject? collector)
    {
        if (collector is null)
        {
            return null;
        }

        Dictionary<string, MlDataCollection> collections = new(StringComparer.Ordinal);
        foreach ((string name, JsonNode? node) in collector.Object("collections") ?? [])
        {
            JsonObject? collection = node as JsonObject;
            collections[name] = new MlDataCollection
            {
                Enabled = string.Equals(collection.Text("dataCollectionMode"), "Enabled", StringComparison.OrdinalIgnoreCase),
                SamplingRate = double.TryParse(collection.Text("samplingRate"), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) ? rate : null,
                ClientId = collection.Text("clientId"),
                DataId = collection.Text("dataId"),
            };
        }

        return new MlDataCollectorSettings
        {
            Collections = collections,
            RollingRate = collector.Text("rollingRate"),
            CaptureHeaders = collector.Object("requestLogging").Member("captureHeaders") is JsonArray headers ? [.. headers.Select(header => header.AsText() ?? string.Empty)] : null,
        };
    }
}
