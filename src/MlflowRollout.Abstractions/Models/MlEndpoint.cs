namespace MlflowRollout;

/// <summary>An online endpoint.</summary>
public sealed class MlEndpoint : MlResource
{
    /// <summary>Name of the endpoint, for binding by property name.</summary>
    public string EndpointName { get => Name; set => Name = value; }

    /// <summary>State.</summary>
    public MlProvisioningState ProvisioningState { get; set; }

    /// <summary>How scoring requests authenticate.</summary>
    public MlAuthMode AuthMode { get; set; }

    /// <summary>Live weights in percent, with explicit zeros.</summary>
    public MlTrafficMap Traffic { get; set; } = [];

    /// <summary>Mirrored weights in percent.</summary>
    public MlTrafficMap MirrorTraffic { get; set; } = [];

    /// <summary>Where requests are sent; null while the endpoint is being created.</summary>
    public Uri? ScoringUri { get; set; }

    /// <summary>Where the request format is described; null while the endpoint is being created.</summary>
    public Uri? SwaggerUri { get; set; }

    /// <summary>Managed or Kubernetes.</summary>
    public MlComputeType ComputeType { get; set; }

    /// <summary>Resource id of the Kubernetes compute; null for managed endpoints.</summary>
    public string? Compute { get; set; }

    /// <summary>Public network access.</summary>
    public MlPublicNetworkAccess PublicNetworkAccess { get; set; }

    /// <summary>Region.</summary>
    public string Location { get; set; } = string.Empty;

    /// <summary><c>SystemAssigned</c>, <c>UserAssigned</c> or both, as the service writes it.</summary>
    public string? IdentityType { get; set; }

    /// <summary>Principal id of the system-assigned identity.</summary>
    public string? PrincipalId { get; set; }

    /// <summary>Resource ids of user-assigned identities.</summary>
    public string[] UserAssignedIdentities { get; set; } = [];
}
