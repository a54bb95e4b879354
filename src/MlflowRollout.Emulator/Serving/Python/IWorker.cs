namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>A process that has loaded the model. It runs one request at a time.</summary>
internal interface IWorker : IAsyncDisposable
{
    int ProcessId { get; }

    /// <summary>Completes with the reason when the process or the connection to it is gone.</summary>
    Task<string> Ended { get; }

    /// <summary>Runs a request to its end, whoever still waits for it. Never throws.</summary>
    Task<CallOutcome> CallAsync(PythonCall call);

    /// <summary>Whether an idle worker answers within that time.</summary>
    Task<bool> PingAsync(TimeSpan limit);

    /// <summary>Ends it at once.</summary>
    void Kill(string reason);
}
