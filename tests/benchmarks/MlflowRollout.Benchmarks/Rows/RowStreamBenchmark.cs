using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Rows;

/// <summary>The cmdlet over rows in memory, against a loop written by hand over the same rows.</summary>
internal sealed class RowStreamBenchmark : IBenchmark
{
    private const int Parallel = 8;
    private const string Piped = "param($batch, $parallel) $rows | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize $batch -ThrottleLimit $parallel";
    private const string AsTable = "param($batch, $parallel) Invoke-MlEndpoint -Table $rows -Endpoint $endpoint -BatchSize $batch -ThrottleLimit $parallel";

    public string Key => "rows";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        await using ServedEmulator served = await ServedEmulator.StartAsync();
        LoadTarget target = served.Serve("rows", deployments: 1);
        using ManyRows many = new();
        PSObject[] rows = many.Import(served.Session, out IReadOnlyList<double> imports);
        served.Session.SetVariable("rows", rows);
        using HandWrittenLoop loop = new(served.Emulator, target);

        List<Figure> figures = [];
        foreach ((string how, string script, int batch, double least) in new[] { ("piped", Piped, 100, 0.9), ("`-Table`", AsTable, 100, 0.9), ("piped", Piped, 1, 0.7) })
        {
            await CmdletAsync(served.Session, script, rows.Length, batch);
            await LoopAsync(loop, rows, batch);
            Pairs<double> taken = await Pairs<double>.TakeAsync(pairs, () => LoopAsync(loop, rows, batch), () => CmdletAsync(served.Session, script, rows.Length, batch));
            double ratio = taken.Median(static (yardstick, product) => product / yardstick);
            figures.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"`Invoke-MlEndpoint` over {rows.Length:N0} in-memory PSObject rows, {how}, batch {batch}, {Parallel} parallel, against a hand-written C# loop over the same rows: rows/s"),
                string.Create(CultureInfo.InvariantCulture, $"at least {least:P0}"),
                string.Create(CultureInfo.InvariantCulture, $"{ratio:P1} ({taken.Product(static rate => rate):N0} of {taken.Yardstick(static rate => rate):N0})"),
                ratio >= least,
                taken.Describe(static rate => string.Create(CultureInfo.InvariantCulture, $"{rate:N0} rows/s"))));
        }

        figures.Add(new(
            string.Create(CultureInfo.InvariantCulture, $"`Import-Csv` of the same {rows.Length:N0} rows, apart (the shell's; PowerShell's own is in its Utility module)"),
            string.Empty,
            string.Create(CultureInfo.InvariantCulture, $"{rows.Length / Statistics.Median(imports):N0} rows/s"),
            null,
            []));
        return figures;
    }

    private static Task<double> CmdletAsync(ModuleSession session, string script, int count, int batch)
    {
        GC.Collect();
        long started = Stopwatch.GetTimestamp();
        InvocationResult result = session.Invoke(script, batch, Parallel);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        result.AssertSucceeded();
        if (result.Output.Count != count || (long)result.Output[^1].Properties["Index"].Value != count - 1)
        {
            throw new InvalidOperationException($"{count} rows went in and {result.Output.Count} came out.");
        }

        return Task.FromResult(count / seconds);
    }

    private static async Task<double> LoopAsync(HandWrittenLoop loop, PSObject[] rows, int batch)
    {
        GC.Collect();
        long started = Stopwatch.GetTimestamp();
        ScoredRow[] results = await loop.RunAsync(rows, batch, Parallel);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (Array.Exists(results, static result => result?.Prediction is null))
        {
            throw new InvalidOperationException("The loop left rows without a result.");
        }

        return rows.Length / seconds;
    }
}
