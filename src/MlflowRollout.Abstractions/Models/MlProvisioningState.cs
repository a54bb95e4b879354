namespace MlflowRollout;

/// <summary>State of an endpoint or deployment, as the service names it.</summary>
public enum MlProvisioningState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown,

    /// <summary>Being created.</summary>
    Creating,

    /// <summary>Being changed.</summary>
    Updating,

    /// <summary>Changing its instance count.</summary>
    Scaling,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Ready.</summary>
    Succeeded,

    /// <summary>The last operation failed; the thing stays and can be updated or deleted.</summary>
    Failed,

    /// <summary>The last operation was canceled.</summary>
    Canceled,
}
