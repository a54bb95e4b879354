namespace MlflowRollout.Services;

/// <summary>Deployments of a workspace's endpoints.</summary>
public interface IMlDeploymentClient
{
    /// <summary>Creates a deployment and waits for it.</summary>
    /// <param name="specification">What to make.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    /// <exception cref="MlOperationException">It failed: target is the deployment, log lines are attached.</exception>
    Task<MlDeploymentResult?> CreateAsync(MlDeploymentSpecification specification, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Reads a deployment with its weights.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlNotFoundException">No such endpoint or deployment; names the near match.</exception>
    Task<MlDeployment> GetAsync(string endpointName, string name, CancellationToken cancellationToken);

    /// <summary>Lists an endpoint's deployments with their weights.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    IAsyncEnumerable<MlDeployment> ListAsync(string endpointName, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a deployment: only the instance count and tags by PATCH, anything else by read, modify, write that keeps unknown fields and never sends a
    /// stale instance count.
    /// </summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="settings">Changes; null members stay.</param>
    /// <param name="allowLive">True: a deployment with live traffic may get another model or settings (scaling is always allowed).</param>
    /// <param name="noWait">True: return once the service accepted the request.</param>
    /// <param name="timeout">Deadline; null for the engine's (one hour).</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlDeployment?> UpdateAsync(
        string endpointName, string name, MlDeploymentSettings settings, bool allowLive, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Deletes a deployment. One that has live or mirrored traffic is refused, unless its traffic is moved first.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="moveTrafficTo">Deployment that takes over all its weight first; null for none.</param>
    /// <param name="noWait">True: return once the service accepted the request.</param>
    /// <param name="timeout">Deadline; null for the engine's (one hour).</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>The deployment as it was; null when the caller did not give leave.</returns>
    Task<MlDeployment?> RemoveAsync(
        string endpointName, string name, string? moveTrafficTo, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Waits until the deployment's running operation ends, whoever started it.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="timeout">Deadline; null for the engine's (one hour).</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlOperationException">It failed, or the deadline passed.</exception>
    Task<MlDeployment> WaitAsync(string endpointName, string name, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>The last lines of a container's log.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="container">Container.</param>
    /// <param name="tail">How many lines at most; null for 5000, as the Azure CLI.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IReadOnlyList<string>> GetLogAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, CancellationToken cancellationToken);

    /// <summary>The last lines and then new ones as they come, until canceled.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="name">Deployment.</param>
    /// <param name="container">Container.</param>
    /// <param name="tail">How many lines at first.</param>
    /// <param name="cancellationToken">Stops.</param>
    IAsyncEnumerable<string> FollowLogAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, CancellationToken cancellationToken);
}
