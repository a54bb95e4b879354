namespace MlflowRollout.Emulator.Metrics;

/// <summary>One minute of one deployment.</summary>
/// <param name="Start">The minute's start, UTC.</param>
/// <param name="Counts">Requests by status of the gateway and of the model's container (0 where none answered).</param>
/// <param name="Latency">Latencies of all requests of the minute.</param>
internal sealed record MetricMinute(string DeploymentName, DateTimeOffset Start, IReadOnlyList<StatusCount> Counts, LatencySummary Latency)
{
    public long Requests => Counts.Sum(c => c.Count);
}

/// <summary>Requests that ended alike.</summary>
internal readonly record struct StatusCount(int Status, int ModelStatus, long Count)
{
    /// <summary>The service's dimension: <c>2xx</c>, <c>4xx</c>, <c>5xx</c>.</summary>
    public string StatusClass => (Status / 100) switch { 2 => "2xx", 3 => "3xx", 4 => "4xx", 5 => "5xx", _ => "other" };
}

/// <summary>Latencies in milliseconds; percentiles are read from buckets that are at most 3 % wide.</summary>
internal readonly record struct LatencySummary(long Count, double Average, double P50, double P90, double P95, double P99, double Maximum);
