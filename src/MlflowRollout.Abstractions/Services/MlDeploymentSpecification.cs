namespace MlflowRollout.Services;

/// <summary>A deployment to make.</summary>
public sealed class MlDeploymentSpecification
{
    /// <summary>Endpoint.</summary>
    public required string EndpointName { get; init; }

    /// <summary>Name of the deployment.</summary>
    public required string Name { get; init; }

    /// <summary>What it is made of; model and instance type are needed.</summary>
    public required MlDeploymentSettings Settings { get; init; }

    /// <summary>True: all traffic to it once it succeeded; refused while another deployment has traffic, and with <see cref="NoWait"/>.</summary>
    public bool AllTraffic { get; init; }

    /// <summary>
    /// True: the model is packaged first (a preview of the service): an environment is made that holds model, code and base environment, and the deployment is made of
    /// that alone.
    /// </summary>
    public bool WithPackage { get; init; }

    /// <summary>What to do when it exists.</summary>
    public MlIfExists IfExists { get; init; }

    /// <summary>True: <see cref="MlIfExists.Update"/> may change a deployment that has live traffic.</summary>
    public bool AllowLive { get; init; }

    /// <summary>True: return once the service accepted the request.</summary>
    public bool NoWait { get; init; }

    /// <summary>Deadline for waiting; null for the engine's (one hour).</summary>
    public TimeSpan? Timeout { get; init; }
}
