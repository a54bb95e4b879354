using System.Diagnostics;
using System.Globalization;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>From starting the process to the line that says it is ready.</summary>
internal sealed class EmulatorStartBenchmark : IBenchmark
{
    public string Key => "start";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        List<double> fresh = [];
        List<double> again = [];
        for (int i = 0; i < pairs; i++)
        {
            using TemporaryFolder folder = new();
            fresh.Add(await StartAsync(folder["data"], deploy: true));
            again.Add(await StartAsync(folder["data"], deploy: false));
        }

        return
        [
            Describe("Emulator from start to ready, new folder", fresh),
            Describe("Emulator from start to ready, folder with one deployment", again),
        ];
    }

    private static async Task<double> StartAsync(string data, bool deploy)
    {
        long started = Stopwatch.GetTimestamp();
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = data });
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (deploy)
        {
            using ModuleSession session = new();
            session.Invoke(
                """
                $null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]
                $null = Register-MlModel heart -Path $args[1] | New-MlDeployment blue -Endpoint (New-MlEndpoint heart) -InstanceType Standard_DS2_v2 -AllTraffic
                Disconnect-MlWorkspace
                """,
                emulator.ConnectionFile,
                ExampleModels.V1).AssertSucceeded();
        }

        await emulator.StopAsync();
        return seconds;
    }

    private static Figure Describe(string what, List<double> seconds)
    {
        double median = Statistics.Median(seconds);
        return new(
            what,
            "at most 1 s",
            string.Create(CultureInfo.InvariantCulture, $"{median:0.00} s"),
            median <= 1,
            [string.Join(", ", seconds.Select(static value => value.ToString("0.00 s", CultureInfo.InvariantCulture)))]);
    }
}
