namespace MlflowRollout.Definitions;

/// <summary>What a definition file says of an endpoint. Null: it says nothing.</summary>
public sealed class MlEndpointDefinition
{
    /// <summary>File that it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Service properties.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>How scoring requests authenticate.</summary>
    public MlAuthMode? AuthMode { get; init; }

    /// <summary>Kubernetes compute, as written; null for a managed endpoint.</summary>
    public string? Compute { get; init; }

    /// <summary><c>SystemAssigned</c>, <c>UserAssigned</c>, both, or <c>None</c>, as the service writes them; null where the file names no identity.</summary>
    public string? IdentityType { get; init; }

    /// <summary>Resource ids of user-assigned identities.</summary>
    public IReadOnlyList<string>? UserAssignedIdentities { get; init; }

    /// <summary>Live weights.</summary>
    public MlTrafficMap? Traffic { get; init; }

    /// <summary>Mirrored weights.</summary>
    public MlTrafficMap? MirrorTraffic { get; init; }

    /// <summary>Public network access.</summary>
    public MlPublicNetworkAccess? PublicNetworkAccess { get; init; }

    /// <summary>What was passed over, such as keys that the service writes into what it shows; for verbose output.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
