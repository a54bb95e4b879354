namespace MlflowRollout;

/// <summary>Whether an endpoint can be reached from the public network.</summary>
public enum MlPublicNetworkAccess
{
    /// <summary>Yes (the service's default).</summary>
    Enabled,

    /// <summary>Only through a private link.</summary>
    Disabled,
}
