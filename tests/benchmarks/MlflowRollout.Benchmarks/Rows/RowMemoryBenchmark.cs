using System.Globalization;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Rows;

/// <summary>What lives while rows stream through and nobody keeps the results.</summary>
internal sealed class RowMemoryBenchmark : IBenchmark
{
    private const int Total = 400_000;
    private const int Step = Total / 10;

    public string Key => "memory";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        await using ServedEmulator served = await ServedEmulator.StartAsync();
        served.Serve("memory", deployments: 1);
        InvocationResult result = served.Session.Invoke(
            """
            param($file, $total, $step)
            $rows = @(Import-Csv $file)
            $state = @{ Seen = 0 }
            & { for ($i = 0; $i -lt $total; $i++) { $rows[$i % $rows.Count] } } |
                Invoke-MlEndpoint -Endpoint $endpoint -ThrottleLimit 8 |
                & { process { if (++$state.Seen % $step -eq 0) { [GC]::GetTotalMemory($true) } } }
            """,
            ExampleModels.Rows,
            Total,
            Step);
        double[] alive = [.. result.Values().Select(static bytes => Convert.ToDouble(bytes, CultureInfo.InvariantCulture) / (1 << 20))];
        double growth = alive[^1] - alive[0];
        return
        [
            new(
                string.Create(CultureInfo.InvariantCulture, $"The same: what lives on the heap while {Total:N0} rows stream through and the results are dropped"),
                "flat (within 2 MB)",
                string.Create(CultureInfo.InvariantCulture, $"{alive[0]:0.0} MB after {Step:N0} rows, {alive[^1]:0.0} MB after {Total:N0}"),
                growth < 2,
                [string.Join(", ", alive.Select(static megabytes => megabytes.ToString("0.0", CultureInfo.InvariantCulture))) + " MB after each tenth"]),
        ];
    }
}
