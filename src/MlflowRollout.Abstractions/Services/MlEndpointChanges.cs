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

    /// <summary>Resource ids of user-assigned identities; an empty list goes back to the system-assigned one.</summary>
    public IReadOnlyList<string>? UserAssignedIdentities { get; init; }

    /// <summary>True: return once the service accepted the request.</summary>
    public bool NoWait { get; init; }

    /// <summary>Deadline for waiting; null for the engine's (one hour).</summary>
    public TimeSpan? Timeout { get; init; }
}
