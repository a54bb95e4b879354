using System.Globalization;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>What came of a load.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Median">Median latency in milliseconds.</param>
/// <param name="High">99th percentile in milliseconds.</param>
/// <param name="Processor">Processor time of the server in microseconds a request.</param>
internal sealed record LoadResult(double Rate, double Median, double High, double Processor)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rate:0} requests/s, p50 {Median:0.000} ms, p99 {High:0.00} ms, {Processor:0.0} µs of CPU a request");
}
