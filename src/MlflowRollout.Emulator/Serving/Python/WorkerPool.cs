namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Idle workers and the requests that wait for one, first come, first served.</summary>
internal sealed class WorkerPool(TimeProvider time)
{
    private readonly object _lock = new();
    private readonly List<IWorker> _idle = [];
    private readonly LinkedList<TaskCompletionSource<IWorker>> _waiting = new();
    private readonly Dictionary<IWorker, long> _busySince = [];
    private readonly HashSet<IWorker> _hasAnswered = [];

    /// <summary>An idle worker, as soon as there is one.</summary>
    public async ValueTask<IWorker> TakeAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<IWorker>> place;
        lock (_lock)
        {
            while (_idle.Count > 0)
            {
                // The last one is the warmest.
                var worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                if (!worker.Ended.IsCompleted)
                {
                    _busySince[worker] = time.GetTimestamp();
                    return worker;
                }
            }

            place = _waiting.AddLast(new TaskCompletionSource<IWorker>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            return await place.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            bool given;
            lock (_lock)
            {
                given = place.List is null;
                if (!given)
                {
                    _waiting.Remove(place);
                }
            }

            if (given)
            {
                // It came in the same moment; the next in line gets it.
                Return(await place.Value.Task.ConfigureAwait(false), answered: false);
            }

            throw;
        }
    }

    /// <summary>A worker that is ready, or done with a request. One that ended is dropped.</summary>
    public void Return(IWorker worker, bool answered)
    {
        lock (_lock)
        {
            _busySince.Remove(worker);
            if (answered)
            {
                _hasAnswered.Add(worker);
            }

            if (worker.Ended.IsCompleted)
            {
                return;
            }

            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                _busySince[worker] = time.GetTimestamp();
                first.Value.SetResult(worker);
            }
            else
            {
                _idle.Add(worker);
            }
        }
    }

    /// <summary>Takes this worker if it is idle.</summary>
    public bool TryTake(IWorker worker)
    {
        lock (_lock)
        {
            return _idle.Remove(worker);
        }
    }

    /// <summary>How long it has been at its request; zero when it has none.</summary>
    public TimeSpan BusyFor(IWorker worker)
    {
        lock (_lock)
        {
            return _busySince.TryGetValue(worker, out var since) ? time.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    /// <summary>Forgets a worker that ended; true where it had answered a request.</summary>
    public bool Forget(IWorker worker)
    {
        lock (_lock)
        {
            _idle.Remove(worker);
            _busySince.Remove(worker);
            return _hasAnswered.Remove(worker);
        }
    }
}
