using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Walkthrough;

/// <summary>The example script as the README's first command runs it.</summary>
public sealed class RolloutScriptTests
{
    [Fact]
    public async Task RolloutScript_InTheShell_EndsWellAndLeavesNothing()
    {
        using TemporaryFolder home = new();
        Dictionary<string, string?> environment = new() { ["HOME"] = home.Path, ["XDG_DATA_HOME"] = home["data"], ["XDG_CONFIG_HOME"] = home["config"], ["LOCALAPPDATA"] = home["data"] };
        HashSet<int> before = EmulatorProcesses();

        ShellResult result = await OutOfProcessShell.RunAsync([Path.Combine(ExampleModels.HeartClassifier, "rollout.ps1")], environment: environment);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("Version 2 is in service", result.Output, StringComparison.Ordinal);
        Assert.Contains("xgboost-model-2", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        Assert.Empty(EmulatorProcesses().Except(before));
        Assert.DoesNotContain(Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories), file => file.EndsWith(".db", StringComparison.Ordinal) || file.EndsWith("connection.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CleanupScript_AfterTheRolloutOnARunningEmulator_RemovesTheEndpoint()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ModuleSession session = new();
        session.Invoke(
            "& $args[0] -Workspace @{ Emulator = $true; ConnectionFile = $args[1] }", Path.Combine(ExampleModels.HeartClassifier, "rollout.ps1"), emulator.ConnectionFile).AssertSucceeded();

        InvocationResult cleaned = session.Invoke(
            "& $args[0] -Workspace @{ Emulator = $true; ConnectionFile = $args[1] }; & $args[0] -Workspace @{ Emulator = $true; ConnectionFile = $args[1] }; @(Get-MlEndpoint).Count",
            Path.Combine(ExampleModels.HeartClassifier, "cleanup.ps1"),
            emulator.ConnectionFile);

        cleaned.AssertSucceeded();
        Assert.Equal(0, cleaned.Output[^1].BaseObject);
    }

    private static HashSet<int> EmulatorProcesses() => OperatingSystem.IsLinux()
        ? [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Where(RunsEphemeralEmulator).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))]
        : [];

    private static bool RunsEphemeralEmulator(string? process)
    {
        try
        {
            string commandLine = File.ReadAllText($"/proc/{process}/cmdline");
            return commandLine.Contains("MlflowRollout.Emulator.dll", StringComparison.Ordinal) && commandLine.Contains("--ephemeral", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
