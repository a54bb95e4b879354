namespace MlflowRollout;

/// <summary>What to do when the thing to be made is there already.</summary>
public enum MlIfExists
{
    /// <summary>An error; nothing is changed (default).</summary>
    Error,

    /// <summary>Return what is there, after verifying that it succeeded and is the same.</summary>
    Skip,

    /// <summary>Change what is there to what was asked for.</summary>
    Update,

    /// <summary>Replace it only when its provisioning failed. Deployments only.</summary>
    ReplaceFailed,
}
