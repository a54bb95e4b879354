namespace MlflowRollout.Engine.Scoring;

/// <summary>Lets as many requests be under way as the limit says. A batch that was refused holds no place while it waits to be sent again.</summary>
/// <param name="throttleLimit">Fixed limit; null adapts.</param>
/// <param name="moreWaits">Whether batches wait that no worker has taken yet.</param>
internal sealed class AttemptGate(int? throttleLimit, Func<bool> moreWaits)
{
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private readonly AdaptiveLimit _limit = new(throttleLimit);
    private volatile int _current = throttleLimit ?? AdaptiveLimit.Unknown;
    private int _sending;

    /// <summary>Requests that may be under way now.</summary>
    public int Current => _current;

    /// <summary>Starts from what the service admits, once that is known.</summary>
    public void Learn(int admitted)
    {
        lock (_gate)
        {
            _limit.Learn(admitted);
            Admit();
        }
    }

    /// <summary>Waits until one more request may be under way.</summary>
    /// <returns>The state of the limit, to be given to <see cref="End"/>.</returns>
    public async ValueTask<long> BeginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task turn;
            lock (_gate)
            {
                if (_sending < _limit.Current)
                {
                    _sending++;
                    return _limit.Epoch;
                }

                TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiters.Enqueue(waiter);
                turn = waiter.Task;
            }

            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A request ended.</summary>
    /// <param name="epoch">From <see cref="BeginAsync"/>.</param>
    /// <param name="refused">Whether the service had too many.</param>
    public void End(long epoch, bool refused)
    {
        lock (_gate)
        {
            if (refused)
            {
                _limit.OnRefused(epoch);
            }
            else
            {
                _limit.OnSuccess(epoch, saturated: _sending >= _limit.Current && (_waiters.Count > 0 || moreWaits()));
            }

            _sending--;
            Admit();
        }
    }

    // Whoever is woken looks again; a place may have been taken by another meanwhile.
    private void Admit()
    {
        _current = _limit.Current;
        for (int free = _limit.Current - _sending; free > 0 && _waiters.TryDequeue(out TaskCompletionSource? waiter); free--)
        {
            waiter.SetResult();
        }
    }
}
