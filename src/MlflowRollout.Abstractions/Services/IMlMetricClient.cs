namespace MlflowRollout.Services;

/// <summary>Figures of a workspace's endpoints.</summary>
public interface IMlMetricClient
{
    /// <summary>Reads figures, oldest first. Times without a value are left out.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlValidationException">The query breaks a rule of the service.</exception>
    /// <exception cref="MlNotFoundException">No such endpoint, or no such deployment and no figures of one; names the near match.</exception>
    Task<IReadOnlyList<MlEndpointMetric>> GetAsync(MlMetricQuery query, CancellationToken cancellationToken);
}
