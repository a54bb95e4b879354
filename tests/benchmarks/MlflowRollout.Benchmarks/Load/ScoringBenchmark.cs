using System.Globalization;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>Scoring through the emulator against the bare endpoint.</summary>
internal sealed class ScoringBenchmark : IBenchmark
{
    private const string What = "Scoring through the emulator, one row, ONNX, 32 keep-alive TLS connections from `wrk`";
    private const int WarmUp = 8;
    private const int Seconds = 5;

    public string Key => "scoring";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        if (Wrk.Missing() is { } missing)
        {
            return [Figure.Missing(What, "at least 90 % of the bare endpoint's requests/s", missing)];
        }

        await using ServedEmulator served = await ServedEmulator.StartAsync();
        LoadTarget emulator = served.Serve("scoring", deployments: 1);
        await using ChildProcess bareProcess = new(
            RepositoryPaths.DotNet,
            [typeof(BareServer).Assembly.Location, "bare-server", ServedEmulator.ModelFile, served.CertificateFile],
            environment: new Dictionary<string, string?> { ["DOTNET_TieredPGO"] = "1" });
        string ready = await bareProcess.WaitForLineAsync(static line => line.StartsWith("ready ", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        LoadTarget bare = new(new Uri(ready["ready ".Length..]), emulator.Body, null, bareProcess.Id);

        await Wrk.RunAsync(bare, WarmUp);
        await Wrk.RunAsync(emulator, WarmUp);
        Pairs<LoadResult> taken = await Pairs<LoadResult>.TakeAsync(pairs, () => Wrk.RunAsync(bare, Seconds), () => Wrk.RunAsync(emulator, Seconds));

        double rate = taken.Median(static (yardstick, product) => product.Rate / yardstick.Rate);
        double added = taken.Median(static (yardstick, product) => product.Median - yardstick.Median);
        double processor = taken.Median(static (yardstick, product) => product.Processor / yardstick.Processor);
        return
        [
            new(
                What + ", against a bare Kestrel endpoint that parses the same body and runs the same tuned session: requests/s",
                "at least 90 %",
                string.Create(CultureInfo.InvariantCulture, $"{rate:P1} ({taken.Product(static r => r.Rate):0} of {taken.Yardstick(static r => r.Rate):0})"),
                rate >= 0.9,
                taken.Describe(static result => result.ToString())),
            new(
                "the same: added at the median",
                "at most 0.1 ms",
                string.Create(CultureInfo.InvariantCulture, $"{added:0.000} ms ({taken.Product(static r => r.Median):0.000} over {taken.Yardstick(static r => r.Median):0.000})"),
                added <= 0.1,
                []),
            new(
                "the same: server CPU a request",
                "at most 1.15 ×",
                string.Create(CultureInfo.InvariantCulture, $"{processor:0.00} × ({taken.Product(static r => r.Processor):0.0} µs over {taken.Yardstick(static r => r.Processor):0.0} µs)"),
                processor <= 1.15,
                []),
        ];
    }
}
