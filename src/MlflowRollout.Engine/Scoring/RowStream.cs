using System.Diagnostics.CodeAnalysis;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Scoring;

/// <summary>
/// Rows in, predictions out. The pipeline's thread writes rows as text into the current batch; workers on the thread pool send full batches, as many at a
/// time as <see cref="AttemptGate"/> says; results are taken batch by batch in the order of input. Batches are bounded in number and bytes, and reused.
/// Two locks: <c>_fill</c> (the current batch; also the flush timer) is always taken before <c>_gate</c> (queues and counters).
/// </summary>
internal sealed partial class RowStream : IMlRowStream
{
    private const int LargestBatch = 1024 * 1024;
    private const long MostBytes = 64L * 1024 * 1024;
    private const int BatchesPerRequest = 4;
    private const int FewestBatches = 16;

    // Rows worth a change of threads, when the pipeline's thread only waits for room.
    private const int RowsWorthWaking = 64;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(200);

    private readonly object _fill = new();
    private readonly object _gate = new();
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<RowBatch> _order = new();
    private readonly Queue<RowBatch> _pending = new();
    private readonly Stack<RowBatch> _free = new();
    private readonly RowConverter _converter;
    private readonly BatchSender _sender;
    private readonly AttemptGate _attempts;
    private readonly ITimer _flushTimer;
    private readonly int _batchSize;
    private readonly bool _unordered;
    private RowBatch? _current;
    private RowBatch? _taking;
    private int _takeAt;
    private long _added;
    private long _taken;
    private long _numbers;
    private long _seenByTimer = -1;
    private int _open;
    private long _openBytes;
    private int _active;
    private int _done;
    private bool _waitsForRoom;
    private bool _refused;
    private bool _complete;
    private bool _disposed;
    private Exception? _failure;

    /// <summary>Opens a stream.</summary>
    public RowStream(ScoringTransport transport, MlRowStreamOptions options, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize);
        _converter = new RowConverter(options.Signature, options.Parameters);
        _attempts = new AttemptGate(options.ThrottleLimit, () => _pending.Count > 0);
        _sender = new BatchSender(
            transport,
            new RetryRule(transport.Time, random),
            options.RateLimit is { } rate ? new SendRate(rate, transport.Time) : null,
            options.RequestTimeout ?? DefaultTimeout,
            _attempts);
        _batchSize = options.BatchSize;
        _unordered = options.Unordered;
        _flushTimer = transport.Time.CreateTimer(static stream => ((RowStream)stream!).OnTimer(), this, FlushInterval, FlushInterval);
    }

    /// <inheritdoc/>
    public bool IsFinished => _complete && _added == _taken;

    /// <inheritdoc/>
    public bool TryAdd(in MlRow row)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_complete)
        {
            throw new InvalidOperationException("Rows cannot be added after Complete.");
        }

        lock (_fill)
        {
            if (!EnsureBatch())
            {
                return false;
            }

            if (!_current!.TryAdd(row))
            {
                Seal();
                if (!EnsureBatch())
                {
                    return false;
                }

                _current!.TryAdd(row);
            }

            _added++;
            if (_current.Count >= _batchSize || _current.Length >= LargestBatch)
            {
                Seal();
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public bool TryTake([NotNullWhen(true)] out MlPrediction? prediction)
    {
        if (_taking is null && !NextReady())
        {
            prediction = null;
            return false;
        }

        prediction = _taking!.Take(_takeAt++);
        _taken++;
        if (_takeAt == _taking.Count)
        {
            Release(_taking);
            _taking = null;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        lock (_fill)
        {
            _complete = true;
            Seal();
        }
    }

    /// <inheritdoc/>
    public void Wait(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool idle;
            lock (_gate)
            {
                if (_taking is not null || IsReady() || IsFinished)
                {
                    return;
                }

                if (_failure is not null)
                {
                    throw Failure();
                }

                if (_refused && HasRoom())
                {
                    return;
                }

                idle = _active == 0 && _pending.Count == 0;
                _waitsForRoom = _refused;
                _wake.Reset();
            }

            // Somebody waits and nothing is under way: a batch need not be full then.
            if (idle && !FlushNow())
            {
                return;
            }

            _wake.Wait(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_fill)
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                _complete = true;

                // Batches in a worker's hands are disposed by it.
                foreach (RowBatch batch in _order.Where(batch => batch.IsDone).Concat(_pending).Concat(_free))
                {
                    batch.Dispose();
                }

                _pending.Clear();
                _free.Clear();
                _order.Clear();
            }

            _current?.Dispose();
            _current = null;
        }

        _taking?.Dispose();
        _taking = null;
        _flushTimer.Dispose();
        _stop.Cancel();
        _wake.Set();
    }

    /// <summary>What the service admits at a time, learnt after the stream was opened.</summary>
    public void Learn(int admitted)
    {
        _attempts.Learn(admitted);
        lock (_gate)
        {
            StartWorkers();
        }
    }

    private bool EnsureBatch()
    {
        if (_current is not null)
        {
            return true;
        }

        lock (_gate)
        {
            if (_failure is not null || !HasRoom())
            {
                _refused = true;
                return false;
            }

            _refused = false;
            _open++;
            RowBatch batch = _free.TryPop(out RowBatch? used) ? used : new RowBatch(_converter);
            batch.Number = _numbers++;
            _current = batch;
            return true;
        }
    }

    private int MostOpen => Math.Max(FewestBatches, _attempts.Current * BatchesPerRequest);

    private bool HasRoom() => _open < MostOpen && _openBytes < MostBytes;

    private bool IsReady() => _order.TryPeek(out RowBatch? batch) && batch.IsDone;

    private bool NextReady()
    {
        lock (_gate)
        {
            if (IsReady())
            {
                _done--;
                _taking = _order.Dequeue();
                _takeAt = 0;
                return true;
            }

            return _failure is null ? false : throw Failure();
        }
    }

    // The same error may be thrown more than once; each time it is the one that ended the stream.
    private Exception Failure() => _failure!;

    // Under _fill.
    private void Seal()
    {
        RowBatch? batch = _current;
        _current = null;
        if (batch is null)
        {
            return;
        }

        lock (_gate)
        {
            if (batch.Count == 0)
            {
                _open--;
                _free.Push(batch);
                return;
            }

            batch.Weight = batch.Length;
            _openBytes += batch.Weight;
            if (!_unordered)
            {
                _order.Enqueue(batch);
            }

            if (batch.SentCount == 0)
            {
                Finish(batch);
                return;
            }

            _pending.Enqueue(batch);
            StartWorkers();
        }
    }

    private bool FlushNow()
    {
        lock (_fill)
        {
            bool any = _current is { Count: > 0 };
            if (any)
            {
                Seal();
            }

            lock (_gate)
            {
                return any || _active > 0 || _pending.Count > 0 || IsReady();
            }
        }
    }

    // By the timer: rows of a slow producer that never waits are sent too, once nothing is under way and no row came for a while.
    private void OnTimer()
    {
        lock (_gate)
        {
            if (IsReady())
            {
                _wake.Set();
            }
        }

        if (!Monitor.TryEnter(_fill))
        {
            return;
        }

        try
        {
            if (_current is not { Count: > 0 } batch)
            {
                return;
            }

            bool idle;
            lock (_gate)
            {
                idle = _active == 0 && _pending.Count == 0;
            }

            if (idle && batch.Number == _seenByTimer)
            {
                Seal();
            }

            _seenByTimer = batch.Number;
        }
        finally
        {
            Monitor.Exit(_fill);
        }
    }
}
