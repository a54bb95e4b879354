namespace MlflowRollout.Shell;

/// <summary>How a pipeline ended.</summary>
internal enum Outcome
{
    /// <summary>It ran to its end; some of its commands may have reported errors.</summary>
    Completed,

    /// <summary>An error that nothing caught ended it.</summary>
    Failed,

    /// <summary>Ctrl-C or a signal stopped it.</summary>
    Stopped,
}
