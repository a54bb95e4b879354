using System.Security;

namespace MlflowRollout.Services;

/// <summary>Endpoints of a workspace.</summary>
public interface IMlEndpointClient
{
    /// <summary>Creates an endpoint and waits for it.</summary>
    /// <param name="specification">What to make.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Reads an endpoint, with explicit zeros for deployments without weight.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlNotFoundException">No such endpoint; names the near match.</exception>
    Task<MlEndpoint> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lists endpoints as the service pages them.</summary>
    /// <param name="cancellationToken">Stops.</param>
    IAsyncEnumerable<MlEndpoint> ListAsync(CancellationToken cancellationToken);

    /// <summary>Changes an endpoint by read, modify, write; keeps every field that it does not know and both traffic maps.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="changes">Changes.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlEndpoint?> UpdateAsync(string name, MlEndpointChanges changes, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Deletes an endpoint with its deployments and waits until it is gone. Asks when it has deployments.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="noWait">True: return once the service accepted the request.</param>
    /// <param name="timeout">Deadline; null for the engine's (one hour).</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops waiting, not the service.</param>
    /// <returns>The endpoint as it was; null when the caller did not give leave.</returns>
    Task<MlEndpoint?> RemoveAsync(string name, bool noWait, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Waits until the endpoint's running operation ends, whoever started it.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="timeout">Deadline; null for the engine's (one hour).</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlOperationException">It failed, or the deadline passed.</exception>
    Task<MlEndpoint> WaitAsync(string name, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Both keys.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlServiceException">The endpoint authenticates with tokens.</exception>
    Task<IReadOnlyList<MlEndpointKey>> GetKeysAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes a new key and returns it.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="keyType">Which.</param>
    /// <param name="value">The new value; null lets the service choose.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlEndpointKey?> ResetKeyAsync(string name, MlKeyType keyType, SecureString? value, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>A token for an endpoint that authenticates with tokens.</summary>
    /// <param name="name">Endpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlServiceException">The endpoint authenticates with keys.</exception>
    Task<MlEndpointToken> GetTokenAsync(string name, CancellationToken cancellationToken);
}
