namespace MlflowRollout;

/// <summary>Where an endpoint's deployments run.</summary>
public enum MlComputeType
{
    /// <summary>Managed by the service.</summary>
    Managed,

    /// <summary>On an attached Kubernetes cluster.</summary>
    Kubernetes,
}
