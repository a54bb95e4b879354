using MlflowRollout.Services;

namespace MlflowRollout;

/// <summary>A deployment of an online endpoint.</summary>
public sealed class MlDeployment : MlResource
{
    /// <summary>Name of the deployment, for binding by property name.</summary>
    public string DeploymentName { get => Name; set => Name = value; }

    /// <summary>Endpoint it belongs to.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>State.</summary>
    public MlProvisioningState ProvisioningState { get; set; }

    /// <summary>Live weight in percent when this object was read; null when it was not read with it.</summary>
    public int? TrafficWeight { get; set; }

    /// <summary>Mirrored weight in percent when this object was read; null when it was not read with it.</summary>
    public int? MirrorTrafficWeight { get; set; }

    /// <summary>Reference of the model as the service has it: resource id or uri.</summary>
    public string? Model { get; set; }

    /// <summary>Name of the model; null when the reference names none.</summary>
    public string? ModelName { get; set; }

    /// <summary>Version of the model; null when the reference names none.</summary>
    public MlVersion? ModelVersion { get; set; }

    /// <summary>Managed or Kubernetes.</summary>
    public MlComputeType ComputeType { get; set; }

    /// <summary>Virtual machine size, such as <c>Standard_DS3_v2</c>.</summary>
    public string? InstanceType { get; set; }

    /// <summary>Number of instances.</summary>
    public int InstanceCount { get; set; }

    /// <summary>Requests an instance takes at a time. Service default 1.</summary>
    public int? MaxConcurrentRequestsPerInstance { get; set; }

    /// <summary>Time a request may take. Service default 5 s, at most 180 s.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>Time a request may wait for a free instance. Service default 0.5 s; deprecated for managed deployments.</summary>
    public TimeSpan? MaxQueueWait { get; set; }

    /// <summary>Environment variables of the container.</summary>
    public Dictionary<string, string> EnvironmentVariables { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Environment; null for an MLflow model without code.</summary>
    public string? EnvironmentId { get; set; }

    /// <summary>Code asset; null for an MLflow model without code.</summary>
    public string? CodeId { get; set; }

    /// <summary>Scoring script within the code; null for an MLflow model without code.</summary>
    public string? ScoringScript { get; set; }

    /// <summary>Whether Application Insights is on.</summary>
    public bool AppInsightsEnabled { get; set; }

    /// <summary>Liveness probe.</summary>
    public MlProbe? LivenessProbe { get; set; }

    /// <summary>Readiness probe.</summary>
    public MlProbe? ReadinessProbe { get; set; }

    /// <summary>Startup probe; null where there is none.</summary>
    public MlProbe? StartupProbe { get; set; }

    /// <summary>Path in the container where the model is mounted; null for the service's own.</summary>
    public string? ModelMountPath { get; set; }

    /// <summary>How it scales.</summary>
    public MlScaleSettings? ScaleSettings { get; set; }

    /// <summary>Resources of the container; Kubernetes only.</summary>
    public MlContainerResources? Resources { get; set; }

    /// <summary>What it records of its requests; null where it records nothing.</summary>
    public MlDataCollectorSettings? DataCollector { get; set; }

    /// <summary>Whether the container may reach the public network.</summary>
    public MlPublicNetworkAccess? EgressPublicNetworkAccess { get; set; }

    /// <summary>Region.</summary>
    public string Location { get; set; } = string.Empty;
}
