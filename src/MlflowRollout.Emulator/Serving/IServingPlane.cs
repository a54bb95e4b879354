namespace MlflowRollout.Emulator.Serving;

/// <summary>
/// The data plane as the control plane sees it: starts model servers, takes routing snapshots, drains what leaves.
/// The control plane owns what is true (the database); this plane owns what runs.
/// </summary>
internal interface IServingPlane
{
    /// <summary>
    /// Starts the model server of a deployment and waits until its readiness probe answers. Does not route anything to it.
    /// </summary>
    /// <exception cref="DeploymentStartException">The server did not start; code and message are the service's (reference 4.9).</exception>
    Task<IRunningDeployment> StartAsync(DeploymentSpecification specification, CancellationToken cancellationToken);

    /// <summary>Replaces the routing of one endpoint by one immutable snapshot, swapped atomically. Unknown endpoints are added.</summary>
    void Publish(EndpointRoute route);

    /// <summary>Takes an endpoint off the data plane. Requests already admitted are finished by their deployments.</summary>
    void Unpublish(string endpointName);

    /// <summary>The last <paramref name="tail"/> lines of a container's log; kept after a failed start until <see cref="ForgetLog"/>.</summary>
    string GetLog(string endpointName, string deploymentName, DeploymentContainer container, int tail);

    /// <summary>Writes into the logs of both containers why they were not started at all.</summary>
    void RecordFailure(string endpointName, string deploymentName, string message);

    /// <summary>Drops the log of a deployment that was deleted.</summary>
    void ForgetLog(string endpointName, string deploymentName);
}

/// <summary>A model server that answers. Disposing it drains first: no admitted request is lost.</summary>
internal interface IRunningDeployment : IAsyncDisposable
{
    DeploymentSpecification Specification { get; }
}

/// <summary>The two containers whose logs the service serves.</summary>
internal enum DeploymentContainer
{
    InferenceServer,
    StorageInitializer,
}

/// <summary>All that a model server needs to know; the control plane has filled every default.</summary>
/// <param name="ModelFolder">Verified local folder that holds <c>MLmodel</c>; null when the deployment names no model.</param>
/// <param name="ModelId">ARM id or uri of the model as the deployment names it, for messages.</param>
/// <param name="MaxQueueWait">Kept, not a limit: the service has deprecated it, and waiting counts towards the request timeout.</param>
internal sealed record DeploymentSpecification(
    string EndpointName,
    string DeploymentName,
    string? ModelFolder,
    string? ModelId,
    int InstanceCount,
    int MaxConcurrentRequestsPerInstance,
    TimeSpan MaxQueueWait,
    TimeSpan RequestTimeout,
    IReadOnlyDictionary<string, string> EnvironmentVariables)
{
    /// <summary>The model as people name it: <c>name:version</c> where the id is one of the workspace's.</summary>
    public string? ModelText => ModelId?.Split('/') is [.., "models", var name, "versions", var version] ? $"{name}:{version}" : ModelId;
}

/// <summary>How an endpoint authenticates scoring requests.</summary>
internal enum EndpointAuthMode
{
    Key,
    AmlToken,
    AadToken,
}

/// <summary>Everything a scoring request needs, in one immutable snapshot.</summary>
/// <param name="TokenValidator">Says whether a bearer token (not a key) is good for this endpoint at this moment.</param>
/// <param name="Deployments">All deployments that run, also those without weight (they can be pinned).</param>
internal sealed record EndpointRoute(
    string EndpointName,
    EndpointAuthMode AuthMode,
    string PrimaryKey,
    string SecondaryKey,
    Func<string, bool> TokenValidator,
    IReadOnlyList<DeploymentRoute> Deployments);

/// <summary>One deployment in a snapshot.</summary>
/// <param name="Weight">Live traffic in percent.</param>
/// <param name="MirrorWeight">Mirrored traffic in percent.</param>
internal sealed record DeploymentRoute(IRunningDeployment Deployment, int Weight, int MirrorWeight);

/// <summary>A model server that did not start.</summary>
internal sealed class DeploymentStartException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The service's error code, such as <c>ResourceNotReady</c> or <c>BadArgument</c> (reference 4.9).</summary>
    public string Code { get; } = code;
}
