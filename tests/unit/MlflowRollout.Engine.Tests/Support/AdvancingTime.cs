namespace MlflowRollout.Engine.Tests.Support;

/// <summary>A clock that a short wait moves on by itself; longer timers are deadlines and fire when the clock passes them.</summary>
internal sealed class AdvancingTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly List<Deadline> _deadlines = [];
    private readonly List<TimeSpan> _waits = [];
    private TimeSpan _elapsed;

    /// <summary>Waits that were asked for, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Deadline timer = new(this, () => callback(state));
        if (dueTime >= TimeSpan.Zero && dueTime <= LongestWait)
        {
            lock (_gate)
            {
                _waits.Add(dueTime);
            }

            ThreadPool.QueueUserWorkItem(_ => { Advance(dueTime); timer.Fire(); });
        }
        else if (dueTime > LongestWait)
        {
            lock (_gate)
            {
                timer.DueAt = _elapsed + dueTime;
                _deadlines.Add(timer);
            }
        }

        return timer;
    }

    /// <summary>Moves the clock on.</summary>
    public void Advance(TimeSpan by)
    {
        Deadline[] due;
        lock (_gate)
        {
            _elapsed += by;
            due = [.. _deadlines.Where(deadline => deadline.DueAt <= _elapsed)];
            _deadlines.RemoveAll(deadline => deadline.DueAt <= _elapsed);
        }

        foreach (Deadline deadline in due)
        {
            deadline.Fire();
        }
    }

    private sealed class Deadline(AdvancingTime owner, Action fire) : ITimer
    {
        private int _done;

        public TimeSpan DueAt { get; set; }

        public void Fire()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            Interlocked.Exchange(ref _done, 1);
            lock (owner._gate)
            {
                owner._deadlines.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
