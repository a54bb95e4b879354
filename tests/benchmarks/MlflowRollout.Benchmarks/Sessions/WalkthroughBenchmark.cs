using System.Globalization;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>The example script as it ships, in a session that is open and has the module, emulator of its own included.</summary>
internal sealed class WalkthroughBenchmark : IBenchmark
{
    public string Key => "walkthrough";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        string import = $"Import-Module {SessionProbe.Quote(RepositoryPaths.ModuleManifest)}";
        string rollout = "& " + SessionProbe.Quote(Path.Combine(ExampleModels.HeartClassifier, "rollout.ps1"));
        const string Leave = "Disconnect-MlWorkspace";
        List<double[]> times = [];
        for (int i = 0; i < pairs; i++)
        {
            times.Add(await SessionProbe.StartAsync(import, rollout, Leave, rollout, Leave));
        }

        double first = Statistics.Median(times.Select(static run => run[2])) / 1000;
        double second = Statistics.Median(times.Select(static run => run[4])) / 1000;
        return
        [
            new(
                "Whole walkthrough on the emulator, no operation delay, built, in an open session (`rollout.ps1`: its own emulator, two models, 500 single requests, all output formatted)",
                "at most 2 s",
                string.Create(CultureInfo.InvariantCulture, $"{first:0.00} s the first time in a session, {second:0.00} s the second"),
                first <= 2,
                [.. times.Select(static run => string.Create(CultureInfo.InvariantCulture, $"first {run[2] / 1000:0.00} s, second {run[4] / 1000:0.00} s"))]),
        ];
    }
}
