using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Deployments of one workspace's endpoints.</summary>
internal sealed class DeploymentClient(WorkspaceConnection connection) : IMlDeploymentClient
{
    private readonly DeploymentLogs _logs = new(connection);
    private readonly DeploymentCreation _creation = new(connection);
    private readonly DeploymentUpdate _update = new(connection);
    private readonly DeploymentRemoval _removal = new(connection);

    /// <summary>Container logs.</summary>
    internal DeploymentLogs Logs => _logs;

    /// <inheritdoc/>
    public Task<MlDeploymentResult?> CreateAsync(
        MlDeploymentSpecification specification, IMlOperationContext context, CancellationToken cancellationToken) =>
        _creation.CreateAsync(specification, context, cancellationToken);

    /// <inheritdoc/>
    public async Task<MlDeployment> GetAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        (JsonObject endpoint, JsonObject? deployment) = await ReadBothAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        return deployment is null
            ? throw await NotFoundAsync(endpointName, name, cancellationToken).ConfigureAwait(false)
            : DeploymentMapping.ToModel(deployment, endpointName, endpoint, connection);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlDeployment> ListAsync(string endpointName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ResourceNames.Check("endpoint", endpointName);
        MachineLearningOnlineEndpointResource resource = EndpointResource(endpointName);
        JsonObject endpoint = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false)
            ?? throw await connection.EndpointCalls.NotFoundAsync(endpointName, cancellationToken).ConfigureAwait(false);
        await foreach (JsonObject body in resource.ListDeploymentsAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return DeploymentMapping.ToModel(body, endpointName, endpoint, connection);
        }
    }

    /// <inheritdoc/>
    public Task<MlDeployment?> UpdateAsync(
        string endpointName, string name, MlDeploymentSettings settings, bool allowLive, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken) =>
        _update.UpdateAsync(endpointName, name, settings, allowLive, noWait, timeout, context, cancellationToken);

    /// <inheritdoc/>
    public Task<MlDeployment?> RemoveAsync(
        string endpointName, string name, string? moveTrafficTo, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken) =>
        _removal.RemoveAsync(endpointName, name, moveTrafficTo, noWait, timeout, context, cancellationToken);

    /// <inheritdoc/>
    public async Task<MlDeployment> WaitAsync(
        string endpointName, string name, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        (JsonObject endpoint, JsonObject? body) = await ReadBothAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        if (body is null)
        {
            throw await NotFoundAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        }

        OperationOutcome outcome = await RunningOperation.WaitAsync(
            connection,
            Resource(endpointName, name),
            body,
            $"deployment {endpointName}/{name}",
            "Wait-MlDeployment",
            token => _logs.ReadLastLineAsync(endpointName, name, token),
            timeout,
            context,
            cancellationToken).ConfigureAwait(false);
        return await FinishAsync(
            endpointName, name, $"Deployment {endpointName}/{name} in workspace {connection.Workspace.Name}", outcome, endpoint, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> GetLogAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, CancellationToken cancellationToken)
    {
        CheckNames(endpointName, name);
        return _logs.ReadAsync(endpointName, name, container, tail, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<string> FollowLogAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, CancellationToken cancellationToken)
    {
        CheckNames(endpointName, name);
        return _logs.FollowAsync(endpointName, name, container, tail, cancellationToken);
    }

    /// <summary>Reads a deployment without its weights (one call).</summary>
    public async Task<MlDeployment> ReadAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        CheckNames(endpointName, name);
        JsonObject? body = await Resource(endpointName, name).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body is null
            ? throw await NotFoundAsync(endpointName, name, cancellationToken).ConfigureAwait(false)
            : DeploymentMapping.ToModel(body, endpointName, null, connection);
    }

    /// <summary>Reads endpoint and deployment at once; the deployment may be absent, the endpoint may not.</summary>
    internal async Task<(JsonObject Endpoint, JsonObject? Deployment)> ReadBothAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        CheckNames(endpointName, name);
        Task<JsonObject?> deployment = Resource(endpointName, name).GetIfExistsAsync(cancellationToken);
        JsonObject? endpoint = await EndpointResource(endpointName).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        JsonObject? found = await deployment.ConfigureAwait(false);
        return endpoint is null
            ? throw await connection.EndpointCalls.NotFoundAsync(endpointName, cancellationToken).ConfigureAwait(false)
            : (endpoint, found);
    }

    /// <summary>The deployment of an outcome; raises its error with the containers' last lines where it failed.</summary>
    internal async Task<MlDeployment> FinishAsync(
        string endpointName, string name, string what, OperationOutcome outcome, JsonObject? endpoint, CancellationToken cancellationToken)
    {
        MachineLearningOnlineDeploymentResource resource = Resource(endpointName, name);
        JsonObject? body = outcome.Resource ?? await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        MlDeployment? deployment = body is null ? null : DeploymentMapping.ToModel(body, endpointName, endpoint, connection);
        if (outcome.IsSuccess && deployment is not null)
        {
            return deployment;
        }

        JsonObject? error = outcome.Error
            ?? (body is null ? null : await RunningOperation.TryReadErrorAsync(resource, ResourceMapping.OperationOf(body), cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> log = await _logs.ReadForFailureAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        throw ServiceErrors.FromOperation(MlErrorIds.DeploymentFailed, what, outcome.State, error, outcome.CorrelationId, (object?)deployment ?? name, log);
    }

    /// <summary>The error for an absent deployment, with the near match named.</summary>
    internal async Task<MlException> NotFoundAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        if (await EndpointResource(endpointName).GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return await connection.EndpointCalls.NotFoundAsync(endpointName, cancellationToken).ConfigureAwait(false);
        }

        List<string> names = await connection.EndpointCalls.DeploymentNamesAsync(endpointName, cancellationToken).ConfigureAwait(false);
        return new MlNotFoundException(
            MlErrorIds.DeploymentNotFound,
            $"There is no deployment '{name}' of endpoint {endpointName} in workspace {connection.Workspace.Name}.{NearMatch.Sentence(name, names)}")
        {
            Target = name,
            RecommendedAction = NearMatch.Find(name, names) is { } near ? $"Use '{near}', or see Get-MlDeployment for all." : "See Get-MlDeployment for all, or make one with New-MlDeployment.",
        };
    }

    /// <summary>How a deployment is called in questions.</summary>
    internal string Describe(string endpointName, string name) => $"deployment {endpointName}/{name} in workspace {connection.Workspace.Name}";

    /// <summary>The deployment as a resource.</summary>
    internal MachineLearningOnlineDeploymentResource Resource(string endpointName, string name) =>
        EndpointResource(endpointName).GetMachineLearningOnlineDeployment(name);

    private static void CheckNames(string endpointName, string name)
    {
        ResourceNames.Check("endpoint", endpointName);
        ResourceNames.Check("deployment", name);
    }

    private MachineLearningOnlineEndpointResource EndpointResource(string endpointName) =>
        connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(endpointName);
}
