using MlflowRollout.Emulator.Metrics;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Metrics;

public sealed class MetricsStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_RequestsOverMinutes_AreCountedByMinuteStatusAndModelStatus()
    {
        var store = new MetricsStore();
        var blue = store.Of("heart", "blue");
        blue.Record(Start, 200, 200, TimeSpan.FromMilliseconds(10));
        blue.Record(Start.AddSeconds(59), 200, 200, TimeSpan.FromMilliseconds(20));
        blue.Record(Start.AddSeconds(30), 424, 500, TimeSpan.FromMilliseconds(30));
        blue.Record(Start.AddMinutes(5), 429, 0, TimeSpan.Zero);
        // As the minute turned: the minute before takes it.
        blue.Record(Start.AddSeconds(59), 408, 0, TimeSpan.FromSeconds(5));

        var minutes = store.Read("HEART", Start, Start.AddHours(1));

        Assert.Equal([Start, Start.AddMinutes(5)], minutes.Select(m => m.Start));
        Assert.Equal(
            [new StatusCount(200, 200, 2), new StatusCount(408, 0, 1), new StatusCount(424, 500, 1)],
            minutes[0].Counts.OrderBy(c => c.Status));
        Assert.Equal("4xx", minutes[1].Counts[0].StatusClass);
        Assert.Empty(store.Read("heart", Start.AddMinutes(1), Start.AddMinutes(5)));
    }

    [Fact]
    public void Read_Latencies_PercentilesAreWithinThreePercent()
    {
        var metrics = new DeploymentMetrics("blue");
        for (var i = 1; i <= 1000; i++)
        {
            metrics.Record(Start, 200, 200, TimeSpan.FromMilliseconds(i));
        }

        var latency = Assert.Single(metrics.Read(Start, Start.AddMinutes(1))).Latency;

        Assert.Equal(1000, latency.Count);
        Assert.Equal(500.5, latency.Average, 3);
        Assert.InRange(latency.P50, 500, 515);
        Assert.InRange(latency.P95, 950, 979);
        Assert.InRange(latency.P99, 990, 1000);
        Assert.Equal(1000, latency.Maximum);
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        var metrics = new DeploymentMetrics("blue");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                metrics.Record(Start.AddMinutes(i / 10_000), 200 + (i % 3), t, TimeSpan.FromMicroseconds(i));
            }
        })));

        Assert.Equal(80_000, metrics.Read(Start.AddMinutes(-1), Start.AddHours(1)).Sum(m => m.Requests));
    }

    [Fact]
    public void Forget_Endpoint_HasNoMinutesAnyMore()
    {
        var store = new MetricsStore();
        store.Of("heart", "blue").Record(Start, 200, 200, TimeSpan.Zero);

        store.Forget("Heart");

        Assert.Empty(store.Read("heart", DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
    }
}
