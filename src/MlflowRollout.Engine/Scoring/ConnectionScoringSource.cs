using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Requests;

namespace MlflowRollout.Engine.Scoring;

/// <summary>Keys, weights and signatures through an open connection.</summary>
internal sealed class ConnectionScoringSource(WorkspaceConnection connection, MlEndpoint endpoint) : IScoringSource
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public bool CanRefresh => true;

    /// <inheritdoc/>
    public async ValueTask<ScoringKey> GetKeyAsync(CancellationToken cancellationToken)
    {
        ScoringCredential credential = await connection.GetScoringCredentialAsync(endpoint, cancellationToken).ConfigureAwait(false);
        DateTimeOffset? renewOn = credential.RenewOn - RenewBefore;

        // A token that lives shorter than that is used as long as it lives.
        return new ScoringKey(Secret.Reveal(credential.Secret), renewOn <= connection.TimeProvider.GetUtcNow() ? credential.RenewOn : renewOn);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, int>?> GetLiveWeightsAsync(CancellationToken cancellationToken)
    {
        MlEndpoint current = await connection.ReadEndpointAsync(endpoint.Name, cancellationToken).ConfigureAwait(false);
        return current.Traffic.Pairs().Where(weight => weight.Value > 0).ToDictionary(weight => weight.Key, weight => weight.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public async Task<int?> GetAdmissionAsync(string deploymentName, CancellationToken cancellationToken)
    {
        MlDeployment deployment = await connection.ReadDeploymentAsync(endpoint.Name, deploymentName, cancellationToken).ConfigureAwait(false);

        // Requests in process or waiting before 429 (service fact); the service's default concurrency is 1.
        return 2 * (deployment.MaxConcurrentRequestsPerInstance ?? 1) * Math.Max(1, deployment.InstanceCount);
    }

    /// <inheritdoc/>
    public async Task<MlModelSignature?> ReadModelSignatureAsync(string deploymentName, CancellationToken cancellationToken)
    {
        MlDeployment deployment = await connection.ReadDeploymentAsync(endpoint.Name, deploymentName, cancellationToken).ConfigureAwait(false);
        if (await connection.FindModelAsync(deployment, cancellationToken).ConfigureAwait(false) is not { } model
            || await connection.DownloadModelFileAsync(model, MlmodelFile.FileName, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            return null;
        }

        try
        {
            return MlmodelFile.Parse(System.Text.Encoding.UTF8.GetString(content), MlmodelFile.FileName).Signature;
        }
        catch (MlValidationException)
        {
            // A model that serves all the same; its signature is not known then.
            return null;
        }
    }
}
