namespace MlflowRollout.Services;

/// <summary>An endpoint to make.</summary>
public sealed class MlEndpointSpecification
{
    /// <summary>Name; with a suffix asked for, the part before it.</summary>
    public required string Name { get; init; }

    /// <summary>True: add a suffix made from the workspace and the name, the same every time.</summary>
    public bool UniqueSuffix { get; init; }

    /// <summary>True: add a random suffix.</summary>
    public bool RandomSuffix { get; init; }

    /// <summary>How scoring requests authenticate.</summary>
    public MlAuthMode AuthMode { get; init; } = MlAuthMode.Key;

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Service properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Public network access; null for the service's default (Enabled).</summary>
    public MlPublicNetworkAccess? PublicNetworkAccess { get; init; }

    /// <summary>Kubernetes compute (name, <c>azureml:name</c> or resource id); null for a managed endpoint.</summary>
    public string? Compute { get; init; }

    /// <summary><c>SystemAssigned</c>, <c>UserAssigned</c>, <c>SystemAssigned,UserAssigned</c> or <c>None</c>; null for what the ids imply.</summary>
    public string? IdentityType { get; init; }

    /// <summary>Resource ids of user-assigned identities; empty for the system-assigned one.</summary>
    public IReadOnlyList<string> UserAssignedIdentities { get; init; } = [];

    /// <summary>What to do when it exists.</summary>
    public MlIfExists IfExists { get; init; }

    /// <summary>True: return once the service accepted the request.</summary>
    public bool NoWait { get; init; }

    /// <summary>Deadline for waiting; null for the engine's (one hour).</summary>
    public TimeSpan? Timeout { get; init; }
}
