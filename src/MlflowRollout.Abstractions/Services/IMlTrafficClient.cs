namespace MlflowRollout.Services;

/// <summary>Traffic of a workspace's endpoints.</summary>
public interface IMlTrafficClient
{
    /// <summary>Both maps, with explicit zeros.</summary>
    /// <param name="endpointName">Endpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<MlTraffic> GetAsync(string endpointName, CancellationToken cancellationToken);

    /// <summary>
    /// Sets weights by read, modify, write, keeping every field that it does not know, and verifies by reading back. One GET, one PUT, the polls,
    /// one verifying GET. Another writer's change in between is reported as <see cref="MlConflictException"/>.
    /// </summary>
    /// <param name="change">What to set.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>The weights read back; null when the caller did not give leave.</returns>
    Task<MlTraffic?> SetAsync(MlTrafficChange change, IMlOperationContext context, CancellationToken cancellationToken);
}
