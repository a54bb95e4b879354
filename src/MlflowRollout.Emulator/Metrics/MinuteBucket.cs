namespace MlflowRollout.Emulator.Metrics;

/// <summary>The counters of one minute. Additions take no lock.</summary>
internal sealed class MinuteBucket(long minute)
{
    private const int Slots = 16;

    // A slot's key is (status << 16 | model status) + 1; zero is a free slot. What does not fit shares the last one.
    private readonly int[] _keys = new int[Slots];
    private readonly long[] _counts = new long[Slots];
    private readonly LatencyHistogram _latency = new();

    /// <summary>Minutes since the epoch.</summary>
    public long Minute { get; } = minute;

    public void Add(int status, int modelStatus, long microseconds)
    {
        var key = ((status << 16) | modelStatus) + 1;
        var slot = 0;
        while (slot < Slots - 1)
        {
            var present = Volatile.Read(ref _keys[slot]);
            if (present == 0)
            {
                present = Interlocked.CompareExchange(ref _keys[slot], key, 0);
                if (present == 0)
                {
                    break;
                }
            }

            if (present == key)
            {
                break;
            }

            slot++;
        }

        if (slot == Slots - 1)
        {
            Interlocked.CompareExchange(ref _keys[slot], key, 0);
        }

        Interlocked.Increment(ref _counts[slot]);
        _latency.Add(microseconds);
    }

    public MetricMinute ToMinute(string deploymentName)
    {
        var counts = new List<StatusCount>();
        for (var slot = 0; slot < Slots; slot++)
        {
            var key = Volatile.Read(ref _keys[slot]);
            var count = Volatile.Read(ref _counts[slot]);
            if (key != 0 && count != 0)
            {
                counts.Add(new StatusCount((key - 1) >> 16, (key - 1) & 0xffff, count));
            }
        }

        return new MetricMinute(deploymentName, DateTimeOffset.UnixEpoch.AddMinutes(Minute), counts, _latency.Summarise());
    }
}
