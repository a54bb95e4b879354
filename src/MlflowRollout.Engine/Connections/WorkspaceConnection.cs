using System.Security;
using Azure.Core;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Deployments;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Metrics;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Engine.Scoring;
using MlflowRollout.Engine.Traffic;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>
/// One open connection. The session under it (credential, pooled handler) can be replaced by connecting again; everything made from the connection
/// reads the session anew with each call.
/// </summary>
internal sealed class WorkspaceConnection : IMlWorkspaceClient
{
    private readonly EndpointClient _endpoints;
    private readonly DeploymentClient _deployments;
    private readonly ModelClient _models;
    private readonly TrafficClient _traffic;
    private readonly MetricClient _metrics;
    private volatile ConnectionSession _session;

    /// <summary>Makes a connection over a verified session.</summary>
    public WorkspaceConnection(MlWorkspace workspace, ConnectionSession session, TimeProvider timeProvider, Random random, string stateFolder)
    {
        Workspace = workspace;
        TimeProvider = timeProvider;
        Random = random;
        _session = session;
        Waiter = new OperationWaiter(timeProvider, random);
        Locks = new EndpointLocks(stateFolder, session.Cloud.ArmEndpoint.Authority, timeProvider);
        _endpoints = new EndpointClient(this);
        _deployments = new DeploymentClient(this);
        _models = new ModelClient(this);
        _traffic = new TrafficClient(this);
        _metrics = new MetricClient(this);
    }

    /// <inheritdoc/>
    public MlWorkspace Workspace { get; }

    /// <inheritdoc/>
    public IMlModelClient Models => _models;

    /// <inheritdoc/>
    public IMlEndpointClient Endpoints => _endpoints;

    /// <inheritdoc/>
    public IMlDeploymentClient Deployments => _deployments;

    /// <inheritdoc/>
    public IMlTrafficClient Traffic => _traffic;

    /// <inheritdoc/>
    public IMlMetricClient Metrics => _metrics;

    /// <summary>Clock of everything under this connection.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Source of jitter and random suffixes.</summary>
    public Random Random { get; }

    /// <summary>The pooled handler of scoring requests; in emulator mode it trusts the pinned authority alone and connects to loopback alone.</summary>
    public HttpMessageHandler ScoringHandler => _session.Handler;

    /// <summary>The current session.</summary>
    public ConnectionSession Session => _session;

    /// <summary>Waits for operations.</summary>
    internal OperationWaiter Waiter { get; }

    /// <summary>Serialises writers of one endpoint on this machine.</summary>
    internal EndpointLocks Locks { get; }

    internal EndpointClient EndpointCalls => _endpoints;

    internal DeploymentClient DeploymentCalls => _deployments;

    internal ModelClient ModelCalls => _models;

    internal TrafficClient TrafficCalls => _traffic;

    /// <summary>The workspace as a resource.</summary>
    internal MachineLearningWorkspaceResource WorkspaceResource => new(_session.Client, new ResourceIdentifier(Workspace.Id));

    /// <summary>Uses another session from now on; the old one is closed.</summary>
    public void Replace(ConnectionSession session)
    {
        ConnectionSession old = Interlocked.Exchange(ref _session, session);
        old.Dispose();
    }

    /// <inheritdoc/>
    public async Task<IMlScoringClient> OpenScoringAsync(
        string endpointName, string? deploymentName, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlEndpoint endpoint = await ReadEndpointAsync(endpointName, cancellationToken).ConfigureAwait(false);
        if (deploymentName is not null)
        {
            deploymentName = (await ReadDeploymentAsync(endpointName, deploymentName, cancellationToken).ConfigureAwait(false)).Name;
        }

        return ScoringClientFactory.Create(this, endpoint, deploymentName);
    }

    /// <summary>Reads an endpoint without the list of its deployments (one call).</summary>
    public Task<MlEndpoint> ReadEndpointAsync(string endpointName, CancellationToken cancellationToken) =>
        _endpoints.ReadAsync(endpointName, cancellationToken);

    /// <summary>Reads a deployment without its weights (one call).</summary>
    public Task<MlDeployment> ReadDeploymentAsync(string endpointName, string deploymentName, CancellationToken cancellationToken) =>
        _deployments.ReadAsync(endpointName, deploymentName, cancellationToken);

    /// <summary>The model of a deployment; null when its reference names none of this workspace.</summary>
    public Task<MlModel?> FindModelAsync(MlDeployment deployment, CancellationToken cancellationToken) =>
        _models.FindForDeploymentAsync(deployment, cancellationToken);

    /// <summary>What authenticates a scoring request now: key, service token or Entra token, by the endpoint's mode.</summary>
    public async Task<ScoringCredential> GetScoringCredentialAsync(MlEndpoint endpoint, CancellationToken cancellationToken)
    {
        switch (endpoint.AuthMode)
        {
            case MlAuthMode.AmlToken:
                MlEndpointToken token = await _endpoints.GetTokenAsync(endpoint.Name, cancellationToken).ConfigureAwait(false);
                return new ScoringCredential(token.Token!, token.RefreshOn ?? token.ExpiresOn);
            case MlAuthMode.AadToken:
                AccessToken entra = await _session.GetTokenAsync([_session.Cloud.ScoringScope], cancellationToken).ConfigureAwait(false);
                return new ScoringCredential(Secret.From(entra.Token), entra.ExpiresOn);
            default:
                IReadOnlyList<MlEndpointKey> keys = await _endpoints.GetKeysAsync(endpoint.Name, cancellationToken).ConfigureAwait(false);
                return new ScoringCredential(keys[0].Key!, null);
        }
    }

    /// <summary>A file of a model from storage; null when there is none or the role does not allow reading it.</summary>
    public Task<byte[]?> DownloadModelFileAsync(MlModel model, string relativePath, CancellationToken cancellationToken) =>
        _models.Files.ReadAsync(model, relativePath, cancellationToken);

    /// <summary>Closes the session.</summary>
    public void Close() => _session.Dispose();
}

/// <summary>A secret for scoring requests and when it should be renewed.</summary>
/// <param name="Secret">Key or token.</param>
/// <param name="RenewOn">When to get a new one; null for keys.</param>
internal sealed record ScoringCredential(SecureString Secret, DateTimeOffset? RenewOn);
