namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>How a call of a worker ended.</summary>
internal enum CallOutcome
{
    Answered,

    /// <summary>The worker was gone before it took the request up: another may run it.</summary>
    NotTaken,

    /// <summary>The worker ended while it ran the request.</summary>
    Lost,
}
