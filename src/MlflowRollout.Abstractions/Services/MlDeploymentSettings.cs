namespace MlflowRollout.Services;

/// <summary>What a deployment is made of, for creating (null: the service's default) and for changing (null: leave as it is).</summary>
public sealed class MlDeploymentSettings
{
    /// <summary>Model; null leaves it.</summary>
    public MlModel? Model { get; init; }

    /// <summary>Model reference that is not of this workspace, such as a registry uri; used when <see cref="Model"/> is null.</summary>
    public string? ModelReference { get; init; }

    /// <summary>Model that is registered first; used when <see cref="Model"/> and <see cref="ModelReference"/> are null.</summary>
    public MlModelRegistration? ModelToRegister { get; init; }

    /// <summary>Kind that the endpoint must be of, else the deployment is refused; null for either.</summary>
    public MlComputeType? ComputeType { get; init; }

    /// <summary>Virtual machine size. Cannot be changed after creation (service fact).</summary>
    public string? InstanceType { get; init; }

    /// <summary>Number of instances, 1 to 50 for managed deployments.</summary>
    public int? InstanceCount { get; init; }

    /// <summary>Requests an instance takes at a time.</summary>
    public int? MaxConcurrentRequestsPerInstance { get; init; }

    /// <summary>Time a request may take, at most 180 s for managed deployments.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Time a request may wait for a free instance.</summary>
    public TimeSpan? MaxQueueWait { get; init; }

    /// <summary>Environment variables: for creating the whole set; for changing those to set (a null value removes).</summary>
    public IReadOnlyDictionary<string, string?>? EnvironmentVariables { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Tags: for creating the whole set; for changing those to set (a null value removes).</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>Service properties to add.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>Liveness probe.</summary>
    public MlProbe? LivenessProbe { get; init; }

    /// <summary>Readiness probe.</summary>
    public MlProbe? ReadinessProbe { get; init; }

    /// <summary>Application Insights.</summary>
    public bool? AppInsightsEnabled { get; init; }

    /// <summary>Whether the container may reach the public network.</summary>
    public MlPublicNetworkAccess? EgressPublicNetworkAccess { get; init; }

    /// <summary>Startup probe.</summary>
    public MlProbe? StartupProbe { get; init; }

    /// <summary>Path in the container where the model is mounted; only with an environment of one's own.</summary>
    public string? ModelMountPath { get; init; }

    /// <summary>Code and scoring script; null for an MLflow model that brings its own.</summary>
    public MlCodeSettings? Code { get; init; }

    /// <summary>Environment; null for an MLflow model that brings its own.</summary>
    public MlEnvironmentSettings? Environment { get; init; }

    /// <summary>Scaling; null for the service's default.</summary>
    public MlScaleSettings? Scale { get; init; }

    /// <summary>Resources of the container; Kubernetes only.</summary>
    public MlContainerResources? Resources { get; init; }

    /// <summary>Data collector in full; wins over <see cref="DataCollectorCollections"/>. Null leaves it off or as it is.</summary>
    public MlDataCollectorSettings? DataCollector { get; init; }

    /// <summary>Names of the collections that the data collector records (such as <c>model_inputs</c>); null leaves it off or as it is.</summary>
    public IReadOnlyList<string>? DataCollectorCollections { get; init; }

    /// <summary>Share of requests that the data collector records, 0 to 1; null for the service's default (1).</summary>
    public double? DataCollectorSamplingRate { get; init; }

    /// <summary>
    /// Service properties that this version does not know, merged last into the body's <c>properties</c>. Values: text, number, boolean, null,
    /// dictionary, list.
    /// </summary>
    public IReadOnlyDictionary<string, object?>? AdditionalProperties { get; init; }
}
