namespace MlflowRollout.Services;

/// <summary>Changes of an endpoint. Null leaves as it is. Traffic has its own call.</summary>
public sealed class MlEndpointChanges
{
    /// <summary>New description.</summary>
    public string? Description { get; init; }

    /// <summary>Tags to set; a null value removes the tag; others stay.</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>Public network access.</summary>
    public MlPublicNetworkAccess? PublicNetworkAccess { get; init; }

    /// <summary>Service properties to add.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>The mode that the endpoint must have: it cannot be changed, so another one is refused.</summary>
    public MlAuthMode? AuthMode { get; init; }

    /// <summary>The compute that the endpoint must have: it cannot be changed, so another one is refused.</summary>
    public string? Compute { get; init; }

    /// <summary><c>SystemAssigned</c>, <c>UserAssigned</c>, <c>SystemAssigned,UserAssigned</c> or <c>None</c>; null for what the ids imply.</summary>
    public string? IdentityType { get; init; }

    /// <summary>Resource ids of user-assigned identities; an empty list goes back to the system-assigned one.</summary>
    public IReadOnlyList<string>? UserAssignedIdentities { get; init; }

    /// <summary>True: return once the service accepted the request.</summary>
    public bool NoWait { get; init; }

    /// <summary>Deadline for waiting; null for the engine's (one hour).</summary>
    public TimeSpan? Timeout { get; init; }
}
