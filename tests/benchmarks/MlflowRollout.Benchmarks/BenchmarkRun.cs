using System.Diagnostics;
using System.Globalization;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Benchmarks.Report;
using MlflowRollout.Benchmarks.Routing;
using MlflowRollout.Benchmarks.Rows;
using MlflowRollout.Benchmarks.Sessions;

namespace MlflowRollout.Benchmarks;

/// <summary>Runs the benchmarks that were asked for and writes the document.</summary>
internal static class BenchmarkRun
{
    private static readonly IBenchmark[] All =
    [
        new ScoringBenchmark(),
        new RoutingBenchmark(),
        new RowStreamBenchmark(),
        new RowMemoryBenchmark(),
        new ModuleStartBenchmark(),
        new EmulatorStartBenchmark(),
        new WalkthroughBenchmark(),
        new TrafficCallsBenchmark(),
        new RolloutsBenchmark(),
    ];

    public static async Task<int> MainAsync(string[] arguments)
    {
        if (!TryParse(arguments, out IBenchmark[] chosen, out int pairs))
        {
            Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/benchmarks/MlflowRollout.Benchmarks [-- --only <row>[,<row>…]] [--pairs <n>]\nRows: {string.Join(", ", All.Select(static benchmark => benchmark.Key))}");
            return 2;
        }

        ResultStore store = new();
        foreach (IBenchmark benchmark in chosen)
        {
            long started = Stopwatch.GetTimestamp();
            double load = Machine.Load();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{benchmark.Key} (load {load:0.0}) …"));
            IReadOnlyList<Figure> figures = await benchmark.RunAsync(pairs);
            foreach (Figure figure in figures)
            {
                Console.WriteLine($"  {figure.What}: {figure.Measured} (target: {figure.Target}) {figure.Verdict}");
                foreach (string line in figure.Details)
                {
                    Console.WriteLine($"    {line}");
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  took {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
            store.Save(new BenchmarkResult(benchmark.Key, TimeProvider.System.GetUtcNow(), load, pairs, figures));
        }

        string document = PerformanceDocument.Write(All.Select(static benchmark => benchmark.Key), store);
        Console.WriteLine($"Written: {document}");
        return 0;
    }

    private static bool TryParse(string[] arguments, out IBenchmark[] chosen, out int pairs)
    {
        chosen = All;
        pairs = 5;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--only" when value is not null:
                    string[] keys = value.Split(',');
                    chosen = [.. All.Where(benchmark => keys.Contains(benchmark.Key, StringComparer.OrdinalIgnoreCase))];
                    if (chosen.Length != keys.Length)
                    {
                        return false;
                    }

                    break;
                case "--pairs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out pairs) && pairs > 0:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
