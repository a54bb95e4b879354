namespace MlflowRollout.Parameters;

/// <summary>What to do when the newest version of a model has the same content as the one to be registered.</summary>
public enum MlIfUnchanged
{
    /// <summary>Make a new version all the same (default).</summary>
    NewVersion,

    /// <summary>Return the newest version.</summary>
    Reuse,
}
