namespace MlflowRollout.Emulator.Metrics;

/// <summary>The minutes of one deployment. Lives as long as its name does, over updates of the deployment.</summary>
internal sealed class DeploymentMetrics(string deploymentName)
{
    private const int MinutesKept = 24 * 60;

    private readonly object _history = new();
    private readonly LinkedList<MetricMinute> _sealed = new();
    private MinuteBucket _previous = new(-2);
    private MinuteBucket _current = new(-1);

    public string DeploymentName { get; } = deploymentName;

    /// <summary>Counts one request.</summary>
    /// <param name="now">When it ended.</param>
    /// <param name="status">What the client saw.</param>
    /// <param name="modelStatus">What the container answered; 0 where it was not asked.</param>
    public void Record(DateTimeOffset now, int status, int modelStatus, TimeSpan latency)
    {
        var minute = now.UtcTicks / TimeSpan.TicksPerMinute - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMinute);
        var bucket = Volatile.Read(ref _current);
        if (bucket.Minute != minute)
        {
            bucket = BucketOf(minute);
        }

        bucket.Add(status, modelStatus, latency.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>Minutes with requests in the range, oldest first.</summary>
    public IEnumerable<MetricMinute> Read(DateTimeOffset from, DateTimeOffset to)
    {
        List<MetricMinute> minutes;
        lock (_history)
        {
            minutes = [.. _sealed, _previous.ToMinute(DeploymentName), _current.ToMinute(DeploymentName)];
        }

        return minutes.Where(m => m.Start >= from && m.Start < to && m.Counts.Count > 0);
    }

    private MinuteBucket BucketOf(long minute)
    {
        lock (_history)
        {
            if (minute == _current.Minute)
            {
                return _current;
            }

            if (minute < _current.Minute)
            {
                // A request that ended as the minute turned; the minute before is still open for it.
                return minute == _previous.Minute ? _previous : _current;
            }

            if (_previous.Minute >= 0)
            {
                _sealed.AddLast(_previous.ToMinute(DeploymentName));
                if (_sealed.Count > MinutesKept)
                {
                    _sealed.RemoveFirst();
                }
            }

            _previous = _current;
            var opened = new MinuteBucket(minute);
            Volatile.Write(ref _current, opened);
            return opened;
        }
    }
}
