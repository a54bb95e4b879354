using System.Globalization;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Operations;

/// <summary>Tells of one wait: progress, an Information line at each state change, a heartbeat every minute.</summary>
internal sealed class WaitReporter
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(250);

    private readonly IMlOperationContext _context;
    private readonly TimeProvider _timeProvider;
    private readonly string _activity;
    private readonly string _key;
    private readonly long _started;
    private long _lastProgress;
    private TimeSpan _nextHeartbeat = Heartbeat;
    private string? _state;
    private bool _shown;

    /// <summary>Begins.</summary>
    public WaitReporter(IMlOperationContext context, TimeProvider timeProvider, string activity)
    {
        _context = context;
        _timeProvider = timeProvider;
        _activity = activity;
        _key = activity;
        _started = timeProvider.GetTimestamp();
    }

    /// <summary>Time since the wait began.</summary>
    public TimeSpan Elapsed => _timeProvider.GetElapsedTime(_started);

    /// <summary>The last state told; null before the first.</summary>
    public string? State => _state;

    /// <summary>Tells where it stands.</summary>
    public void Report(string state, string? logLine = null, int? percent = null)
    {
        TimeSpan elapsed = Elapsed;
        if (!string.Equals(_state, state, StringComparison.Ordinal))
        {
            _state = state;
            _context.Information($"{_activity}: {state} after {Format(elapsed)}.");
        }
        else if (elapsed >= _nextHeartbeat)
        {
            _context.Information($"{_activity}: still {state} after {Format(elapsed)}.{(logLine is null ? string.Empty : $" Log: {logLine}")}");
        }

        while (elapsed >= _nextHeartbeat)
        {
            _nextHeartbeat += Heartbeat;
        }

        if (!_shown || _timeProvider.GetElapsedTime(_lastProgress) >= LeastInterval)
        {
            _shown = true;
            _lastProgress = _timeProvider.GetTimestamp();
            string line = logLine is null ? string.Empty : $" | {logLine}";
            // The service says 0 until it says 100, so a percentage would only mislead.
            _context.Progress(new MlProgress(_key, _activity, $"{state}, {Format(elapsed)}{line}", percent is > 0 and < 100 ? percent : null));
        }
    }

    /// <summary>Removes the bar.</summary>
    public void Complete(string state)
    {
        if (_shown)
        {
            _context.Progress(new MlProgress(_key, _activity, state, 100, IsCompleted: true));
        }
    }

    /// <summary>A time span as people read it.</summary>
    public static string Format(TimeSpan elapsed) =>
        elapsed < TimeSpan.FromSeconds(10)
            ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s")
            : elapsed.ToString(elapsed.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
