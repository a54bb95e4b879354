namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>A clock whose short waits end at once and whose deadlines never come, so that retries take no time.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(100);
    private long _waits;

    /// <summary>Waits that were asked for.</summary>
    public long Waits => Volatile.Read(ref _waits);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        bool isDelay = dueTime < Deadline && dueTime >= TimeSpan.Zero && period == Timeout.InfiniteTimeSpan;
        if (isDelay)
        {
            Interlocked.Increment(ref _waits);
        }

        if (period != Timeout.InfiniteTimeSpan)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        return new Once(isDelay ? new Timer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan) : null);
    }

    private sealed class Once(Timer? timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => timer?.Dispose();

        public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
