namespace MlflowRollout.Services;

/// <summary>One connection to one workspace.</summary>
public interface IMlWorkspaceClient
{
    /// <summary>The workspace.</summary>
    MlWorkspace Workspace { get; }

    /// <summary>Models.</summary>
    IMlModelClient Models { get; }

    /// <summary>Endpoints.</summary>
    IMlEndpointClient Endpoints { get; }

    /// <summary>Deployments.</summary>
    IMlDeploymentClient Deployments { get; }

    /// <summary>Traffic.</summary>
    IMlTrafficClient Traffic { get; }

    /// <summary>Metrics.</summary>
    IMlMetricClient Metrics { get; }

    /// <summary>
    /// A scoring client for an endpoint: reads its address and gets its key or token. A 401 refreshes the key once.
    /// </summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="deploymentName">Deployment to pin, which must exist; null for the endpoint's weights.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IMlScoringClient> OpenScoringAsync(string endpointName, string? deploymentName, IMlOperationContext context, CancellationToken cancellationToken);
}
