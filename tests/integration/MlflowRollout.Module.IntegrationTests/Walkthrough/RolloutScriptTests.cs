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

        ShellResult result = await OutOfProcessShell.RunAsync([Path.Combine(ExampleModels.HeartClassifier, "rollout.ps1")], environment: environment);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("Version 2 is in service", result.Output, StringComparison.Ordinal);
        Assert.Contains("xgboost-model-2", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        Assert.Empty(EmulatorsOf(home.Path));
        string[] left = [.. Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(home.Path, file)).Where(file => !IsLock(file))];
        Assert.Empty(left);
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

    // Empty files and stamps by which processes of a machine take turns; they hold no data.
    private static bool IsLock(string file) => Path.GetExtension(file) is ".lock" or ".stamp";

    // Only those of this test: the process carries the home folder that it was started with.
    private static string[] EmulatorsOf(string home) => OperatingSystem.IsLinux()
        ? [.. Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(folder => IsEmulatorOf(home, folder))]
        : [];

    private static bool IsEmulatorOf(string home, string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains("MlflowRollout.Emulator.dll", StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(folder, "environ")).Contains($"HOME={home}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
