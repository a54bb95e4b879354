namespace MlflowRollout.Engine.Scoring;

/// <summary>The workers of a row stream: they send full batches and give emptied ones back.</summary>
internal sealed partial class RowStream
{
    // Under _gate.
    private void StartWorkers()
    {
        int waiting = _pending.Count;
        while (waiting-- > 0 && _active < _attempts.Current && _failure is null && !_disposed)
        {
            _active++;
            ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.WorkAsync(), this, preferLocal: false);
        }
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            RowBatch? batch;
            lock (_gate)
            {
                if (_failure is not null || _disposed || _active > _attempts.Current || !_pending.TryDequeue(out batch))
                {
                    _active--;
                    if (_active == 0)
                    {
                        _wake.Set();
                    }

                    return;
                }
            }

            Exception? failure = null;
            try
            {
                await _sender.SendAsync(batch, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Whatever it is, the pipeline's thread must hear of it, or it would wait for ever.
                failure = exception;
            }

            lock (_gate)
            {
                if (_disposed)
                {
                    _active--;
                    batch.Dispose();
                    return;
                }

                if (failure is null)
                {
                    Finish(batch);
                    StartWorkers();
                }
                else
                {
                    _failure ??= failure;
                    _wake.Set();
                }
            }

            if (failure is not null)
            {
                await _stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    // Under _gate.
    private void Finish(RowBatch batch)
    {
        batch.IsDone = true;
        _done++;
        if (_unordered)
        {
            _order.Enqueue(batch);
        }

        // With few rows a batch, waking for each would cost more than the request; the timer sees to it that none waits long.
        if (IsReady() && (!_waitsForRoom || _done >= Math.Min(RowsWorthWaking / _batchSize, MostOpen / 2)))
        {
            _wake.Set();
        }
    }

    private void Release(RowBatch batch)
    {
        lock (_gate)
        {
            _open--;
            _openBytes -= batch.Weight;
            batch.Reset();
            _free.Push(batch);
        }
    }
}
