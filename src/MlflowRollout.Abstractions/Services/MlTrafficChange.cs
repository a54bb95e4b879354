namespace MlflowRollout.Services;

/// <summary>
/// A change of an endpoint's traffic: whole maps, or the weight of one deployment with the rest shared by the others in proportion.
/// What is null stays as it is.
/// </summary>
public sealed class MlTrafficChange
{
    /// <summary>Endpoint.</summary>
    public required string EndpointName { get; init; }

    /// <summary>New live weights; sum 100, or all 0. Deployments not named get 0.</summary>
    public MlTrafficMap? Traffic { get; init; }

    /// <summary>New mirrored weights: at most one deployment, at most 50, and none that has live traffic. Empty turns mirroring off.</summary>
    public MlTrafficMap? MirrorTraffic { get; init; }

    /// <summary>Deployment whose live weight is set to <see cref="Weight"/>; excludes <see cref="Traffic"/>.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Live weight of <see cref="DeploymentName"/> in percent, 0 to 100.</summary>
    public int? Weight { get; init; }

    /// <summary>The live weights that must be there now; otherwise the change is refused.</summary>
    public MlTrafficMap? Expected { get; init; }

    /// <summary>Deadline for waiting; null for the engine's (one hour).</summary>
    public TimeSpan? Timeout { get; init; }
}
