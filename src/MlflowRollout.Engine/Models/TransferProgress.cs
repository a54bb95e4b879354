using System.Globalization;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>Bytes sent or received, as one progress bar over all files.</summary>
internal sealed class TransferProgress : IDisposable
{
    private readonly IMlOperationContext _context;
    private readonly TimeProvider _timeProvider;
    private readonly string _activity;
    private readonly long _total;
    private readonly TimeSpan _interval;
    private readonly object _gate = new();
    private long _sent;
    private long _lastReport;
    private bool _shown;

    /// <summary>Begins.</summary>
    public TransferProgress(IMlOperationContext context, TimeProvider timeProvider, string activity, long total, TimeSpan interval)
    {
        _context = context;
        _timeProvider = timeProvider;
        _activity = activity;
        _total = total;
        _interval = interval;
    }

    /// <summary>The handler of one file.</summary>
    public IProgress<long> ForFile() => new FileProgress(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_shown)
        {
            _context.Progress(new MlProgress(_activity, _activity, "Done", 100, IsCompleted: true));
        }
    }

    private void Add(long bytes)
    {
        MlProgress report;
        lock (_gate)
        {
            _sent += bytes;
            if (_shown && _timeProvider.GetElapsedTime(_lastReport) < _interval)
            {
                return;
            }

            _shown = true;
            _lastReport = _timeProvider.GetTimestamp();
            int percent = _total == 0 ? 100 : (int)Math.Clamp(_sent * 100 / _total, 0, 100);
            report = new MlProgress(_activity, _activity, string.Create(CultureInfo.InvariantCulture, $"{_sent / 1048576.0:0.0} of {_total / 1048576.0:0.0} MiB"), percent);
        }

        _context.Progress(report);
    }

    private sealed class FileProgress(TransferProgress owner) : IProgress<long>
    {
        private long _before;

        public void Report(long value)
        {
            long before = Interlocked.Exchange(ref _before, value);
            // A retried block reports less than before; the whole never goes back.
            if (value > before)
            {
                owner.Add(value - before);
            }
        }
    }
}
