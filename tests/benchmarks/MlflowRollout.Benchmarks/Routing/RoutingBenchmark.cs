using System.Globalization;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Measuring;

namespace MlflowRollout.Benchmarks.Routing;

/// <summary>One deployment against twenty.</summary>
internal sealed class RoutingBenchmark : IBenchmark
{
    private const int Many = 20;
    // Background work of the runtime allocates a little too.
    private const double Noise = 8;
    private const int WarmUp = 4;
    private const int Seconds = 3;

    public string Key => "routing";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        List<Figure> figures = [Allocation(await GatewayAllocation.MeasureAsync([1, 2, 5, 10, Many]))];
        const string Flat = "Requests/s with 20 deployments that share the traffic, against one, over TLS";
        if (Wrk.Missing() is { } missing)
        {
            figures.Add(Figure.Missing(Flat, "flat", missing));
            return figures;
        }

        await using ServedEmulator served = await ServedEmulator.StartAsync();
        LoadTarget one = served.Serve("routing-1", 1);
        LoadTarget many = served.Serve("routing-20", Many);
        await Wrk.RunAsync(one, WarmUp);
        await Wrk.RunAsync(many, WarmUp);
        Pairs<LoadResult> taken = await Pairs<LoadResult>.TakeAsync(pairs, () => Wrk.RunAsync(one, Seconds), () => Wrk.RunAsync(many, Seconds));
        double ratio = taken.Median(static (yardstick, product) => product.Rate / yardstick.Rate);
        double processor = taken.Median(static (yardstick, product) => product.Processor / yardstick.Processor);
        figures.Add(new(
            Flat,
            "flat (within 5 %)",
            string.Create(CultureInfo.InvariantCulture, $"{ratio:P1} of the requests/s, {processor:0.00} × the CPU a request"),
            ratio >= 0.95,
            taken.Describe(static result => result.ToString())));
        return figures;
    }

    private static Figure Allocation(IReadOnlyList<AllocationResult> results)
    {
        double spread = results.Max(static result => result.Bytes) - results.Min(static result => result.Bytes);
        return new(
            "Routing, authentication, admission, metrics, mirroring: bytes allocated a request, from 1 to 20 deployments",
            "none that grows with deployments",
            string.Create(CultureInfo.InvariantCulture, $"{results[0].Bytes:0} with 1, {results[^1].Bytes:0} with {results[^1].Deployments}; {results[0].Nanoseconds:0} ns and {results[^1].Nanoseconds:0} ns"),
            spread < Noise,
            [.. results.Select(static result => result.ToString())]);
    }
}
