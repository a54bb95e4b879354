namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>How workers are watched.</summary>
internal sealed record WorkerSettings
{
    /// <summary>From the start of the process to the loaded model.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Between two looks at a worker: the service's default period of the liveness probe.</summary>
    public TimeSpan ProbePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an idle worker may take to answer.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one request may hold a worker before the worker is taken for hung and killed.</summary>
    public required TimeSpan LongestRun { get; init; }

    /// <summary>Before the first restart; doubled with each that does not come to serve.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A worker that lived so long, or answered a request, starts the delays anew.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Settings for a deployment: after its time-out nobody waits for an answer, and a slow one gets as long again to end.</summary>
    public static WorkerSettings For(TimeSpan requestTimeout) => new()
    {
        LongestRun = requestTimeout + (requestTimeout > TimeSpan.FromSeconds(10) ? requestTimeout : TimeSpan.FromSeconds(10)),
    };

    /// <summary>The delay before a restart.</summary>
    /// <param name="failures">Starts in a row that did not come to serve.</param>
    public TimeSpan DelayAfter(int failures)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures, 30));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
