using System.Globalization;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.SetMlTraffic;

/// <summary>Two processes that change the traffic of one endpoint at the same time.</summary>
public sealed class TwoProcessTests
{
    private const int Rounds = 6;

    [Fact]
    public async Task SetMlTraffic_LiveAndMirrorFromTwoProcesses_NoneLosesAFieldSilently()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { OperationDelay = "00:00:00.1" });
        using ModuleSession session = new();
        session.Invoke(
            """
            $null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]
            $endpoint = New-MlEndpoint shared
            $model = Register-MlModel heart -Path $args[1]
            $null = $model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
            $null = $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2
            $null = $model | New-MlDeployment shadow -Endpoint $endpoint -InstanceType Standard_DS2_v2
            """,
            emulator.ConnectionFile,
            ExampleModels.V1).AssertSucceeded();

        Task<ShellResult> live = OutOfProcessShell.RunAsync(["--command", Script(emulator, "Set-MlTraffic -Endpoint shared -Deployment green -Weight (10 * $round)")]);
        Task<ShellResult> mirror = OutOfProcessShell.RunAsync(["--command", Script(emulator, "Set-MlTraffic -Endpoint shared -MirrorTraffic \"shadow=$round\"")]);
        ShellResult[] results = await Task.WhenAll(live, mirror);

        MlTraffic traffic = session.Invoke("Get-MlTraffic -Endpoint shared").One<MlTraffic>();
        AssertLastSuccessHolds(results[0], 10, traffic.Traffic.WeightOf("green"));
        AssertLastSuccessHolds(results[1], 1, traffic.MirrorTraffic.WeightOf("shadow"));
        Assert.Equal(100, traffic.Traffic.Total);
    }

    private static string Script(EmulatorProcess emulator, string change) =>
        $$"""
        Import-Module MlflowRollout
        $null = Connect-MlWorkspace -Emulator -ConnectionFile '{{emulator.ConnectionFile}}'
        foreach ($round in 1..{{Rounds}}) {
            try { {{change}} -ErrorAction Stop; "set $round" } catch { "refused $round $($_.FullyQualifiedErrorId)" }
        }
        """;

    // What was acknowledged last is there; a change that was not made was refused in words.
    private static void AssertLastSuccessHolds(ShellResult result, int factor, int found)
    {
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(Rounds, lines.Length);
        Assert.All(lines.Where(line => !line.StartsWith("set ", StringComparison.Ordinal)), line => Assert.Contains(MlErrorIds.ResourceConflict, line, StringComparison.Ordinal));
        int last = lines.Where(line => line.StartsWith("set ", StringComparison.Ordinal)).Select(line => int.Parse(line[4..], CultureInfo.InvariantCulture)).LastOrDefault();
        Assert.Equal(last * factor, found);
    }
}
