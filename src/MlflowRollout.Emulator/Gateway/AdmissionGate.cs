namespace MlflowRollout.Emulator.Gateway;

/// <summary>What became of asking a deployment to take a request.</summary>
internal enum Admission
{
    Admitted,

    /// <summary>More than twice the running requests are in process or waiting.</summary>
    Full,

    /// <summary>The deployment leaves; the request belongs to the newest snapshot.</summary>
    Closed,
}

/// <summary>How waiting for a free instance ended.</summary>
internal enum QueueOutcome
{
    Started,
    TimedOut,
    Abandoned,
}

/// <summary>
/// Concurrency and queue of one deployment. Without contention a request costs two compare-and-swaps in and two out; only waiting takes
/// the lock of this deployment. A request is pending from <see cref="TryReserve"/> to <see cref="Release"/> and runs in between.
/// </summary>
internal sealed class AdmissionGate
{
    private const int ClosedBit = int.MinValue;

    private readonly object _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _runningLimit;
    private readonly int _pendingLimit;
    private int _pending;
    private int _running;
    private int _waiterCount;

    public AdmissionGate(int concurrency)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrency, 1);
        _runningLimit = concurrency;
        _pendingLimit = (int)Math.Min(2L * concurrency, int.MaxValue - 1024);
    }

    public int Pending => Volatile.Read(ref _pending) & int.MaxValue;

    public int Running => Volatile.Read(ref _running);

    /// <summary>Counts a request as pending; each success needs one <see cref="Release"/>.</summary>
    public Admission TryReserve()
    {
        var pending = Interlocked.Increment(ref _pending);
        if (pending < 0)
        {
            Release();
            return Admission.Closed;
        }

        if (pending > _pendingLimit)
        {
            Release();
            return Admission.Full;
        }

        return Admission.Admitted;
    }

    /// <summary>Takes a running place if one is free and nobody waits for it.</summary>
    public bool TryStart() => Volatile.Read(ref _waiterCount) == 0 && TryTake();

    /// <summary>Waits in line for a running place.</summary>
    public async ValueTask<QueueOutcome> WaitToStartAsync(TimeSpan limit, TimeProvider time, CancellationToken aborted)
    {
        if (limit <= TimeSpan.Zero)
        {
            return QueueOutcome.TimedOut;
        }

        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            node = _waiters.AddLast(place);
            Interlocked.Increment(ref _waiterCount);
            Promote();
        }

        try
        {
            await place.Task.WaitAsync(limit, time, aborted).ConfigureAwait(false);
            return QueueOutcome.Started;
        }
        catch (Exception reason) when (reason is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (node.List is null)
                {
                    // The place came in the same moment: use it where there is still somebody to answer.
                    if (reason is TimeoutException)
                    {
                        return QueueOutcome.Started;
                    }
                }
                else
                {
                    _waiters.Remove(node);
                    Interlocked.Decrement(ref _waiterCount);
                    return reason is TimeoutException ? QueueOutcome.TimedOut : QueueOutcome.Abandoned;
                }
            }

            Finish();
            return QueueOutcome.Abandoned;
        }
    }

    /// <summary>Gives the running place to the next in line.</summary>
    public void Finish()
    {
        Interlocked.Decrement(ref _running);
        if (Volatile.Read(ref _waiterCount) > 0)
        {
            lock (_lock)
            {
                Promote();
            }
        }
    }

    /// <summary>Ends a reservation.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _pending) == ClosedBit)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Admits nobody any more and completes when the last admitted request is done.</summary>
    public Task CloseAsync()
    {
        var before = Interlocked.Or(ref _pending, ClosedBit);
        if ((before & int.MaxValue) == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    }

    private bool TryTake()
    {
        var running = Volatile.Read(ref _running);
        while (running < _runningLimit)
        {
            var seen = Interlocked.CompareExchange(ref _running, running + 1, running);
            if (seen == running)
            {
                return true;
            }

            running = seen;
        }

        return false;
    }

    private void Promote()
    {
        while (_waiters.First is { } first && TryTake())
        {
            _waiters.RemoveFirst();
            Interlocked.Decrement(ref _waiterCount);
            first.Value.TrySetResult();
        }
    }
}
