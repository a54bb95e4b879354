using System.Numerics;

namespace MlflowRollout.Emulator.Metrics;

/// <summary>
/// Counts of latencies in microseconds by buckets of constant relative width (32 to each power of two), added to without a lock.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int SubCount = 1 << SubBits;
    private const int LargestExponent = 33;
    private const int BucketCount = (LargestExponent - SubBits + 2) * SubCount;

    private readonly int[] _counts = new int[BucketCount];
    private long _total;
    private long _sum;
    private long _maximum;

    public long Count => Volatile.Read(ref _total);

    public void Add(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        Interlocked.Increment(ref _counts[BucketOf(value)]);
        Interlocked.Add(ref _sum, value);
        Interlocked.Increment(ref _total);
        var maximum = Volatile.Read(ref _maximum);
        while (value > maximum)
        {
            var seen = Interlocked.CompareExchange(ref _maximum, value, maximum);
            if (seen == maximum)
            {
                break;
            }

            maximum = seen;
        }
    }

    public LatencySummary Summarise()
    {
        var counts = new int[BucketCount];
        long total = 0;
        for (var i = 0; i < BucketCount; i++)
        {
            counts[i] = Volatile.Read(ref _counts[i]);
            total += counts[i];
        }

        if (total == 0)
        {
            return default;
        }

        var maximum = Volatile.Read(ref _maximum);
        return new LatencySummary(
            total,
            Volatile.Read(ref _sum) / 1000.0 / total,
            Percentile(counts, total, 0.50, maximum),
            Percentile(counts, total, 0.90, maximum),
            Percentile(counts, total, 0.95, maximum),
            Percentile(counts, total, 0.99, maximum),
            maximum / 1000.0);
    }

    private static double Percentile(int[] counts, long total, double share, long maximum)
    {
        var rank = (long)Math.Ceiling(share * total);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperBound(i), maximum) / 1000.0;
            }
        }

        return maximum / 1000.0;
    }

    private static int BucketOf(long value)
    {
        if (value < SubCount)
        {
            return (int)value;
        }

        var exponent = BitOperations.Log2((ulong)value);
        if (exponent > LargestExponent)
        {
            return BucketCount - 1;
        }

        var sub = (int)(value >> (exponent - SubBits)) & (SubCount - 1);
        return ((exponent - SubBits + 1) << SubBits) + sub;
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < SubCount)
        {
            return bucket;
        }

        var exponent = (bucket >> SubBits) + SubBits - 1;
        var sub = bucket & (SubCount - 1);
        return ((SubCount + sub + 1L) << (exponent - SubBits)) - 1;
    }
}
