namespace MlflowRollout.Engine.Scoring;

/// <summary>Spaces requests so that no more than so many are sent in a second.</summary>
internal sealed class SendRate
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly object _gate = new();
    private readonly long _origin;
    private TimeSpan _next;

    /// <summary>Makes a rate.</summary>
    public SendRate(double requestsPerSecond, TimeProvider time)
    {
        _time = time;
        _interval = TimeSpan.FromSeconds(1 / requestsPerSecond);
        _origin = time.GetTimestamp();
    }

    /// <summary>Waits until the next request may be sent.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay;
        lock (_gate)
        {
            TimeSpan now = _time.GetElapsedTime(_origin);
            TimeSpan at = _next > now ? _next : now;
            _next = at + _interval;
            delay = at - now;
        }

        return delay <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(delay, _time, cancellationToken));
    }
}
