using System.Diagnostics;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

/// <summary>What Ctrl-C and the signals that end a process do to a running script.</summary>
public sealed class SignalTests
{
    private const string Waiting = "try { Write-Host 'waiting'; Start-Sleep 60; Write-Host 'never' } finally { Write-Host 'cleaned up' }";

    [SkippableFact]
    public async Task Interrupt_WaitingScript_RunsFinallyAndExits130()
    {
        Requirement.Unix();
        await using ChildProcess shell = await StartWaiting();
        long sent = Stopwatch.GetTimestamp();

        shell.SendInterrupt();

        Assert.Equal(ExitCodes.Interrupted, await shell.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(Stopwatch.GetElapsedTime(sent) < TimeSpan.FromSeconds(20), "Stopping took as long as the wait itself.");
        Assert.Equal("waiting\ncleaned up\n", shell.StandardOutput);
    }

    [SkippableFact]
    public async Task Terminate_WaitingScript_RunsFinallyAndExits143()
    {
        Requirement.Unix();
        await using ChildProcess shell = await StartWaiting();

        shell.SendTerminate();

        Assert.Equal(ExitCodes.Terminated, await shell.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("waiting\ncleaned up\n", shell.StandardOutput);
    }

    [SkippableFact]
    public async Task Interrupt_TwiceWhileStopHangs_EndsTheProcess()
    {
        Requirement.Unix();

        // A finally block cannot be stopped, so the first interrupt alone would wait for it.
        await using ChildProcess shell = OutOfProcessShell.Start(
            ["-c", "try { Write-Host 'waiting'; Start-Sleep 60 } finally { Write-Host 'stuck'; [Threading.Thread]::CurrentThread.Join(60000) }"]);
        await shell.WaitForLineAsync(static line => line == "waiting", TimeSpan.FromMinutes(1));
        shell.SendInterrupt();
        await shell.WaitForLineAsync(static line => line == "stuck", TimeSpan.FromSeconds(30));

        shell.SendInterrupt();

        Assert.Equal(ExitCodes.Interrupted, await shell.WaitForExitAsync(TimeSpan.FromSeconds(30)));
    }

    [SkippableFact]
    public async Task Terminate_IdlePrompt_Exits143()
    {
        Requirement.Unix();
        await using ChildProcess shell = OutOfProcessShell.Start([]);
        await shell.StandardInput.WriteLineAsync("Write-Host 'ready'");
        await shell.WaitForLineAsync(static line => line == "ready", TimeSpan.FromMinutes(1));

        shell.SendTerminate();

        Assert.Equal(ExitCodes.Terminated, await shell.WaitForExitAsync(TimeSpan.FromSeconds(30)));
    }

    private static async Task<ChildProcess> StartWaiting()
    {
        ChildProcess shell = OutOfProcessShell.Start(["-c", Waiting]);
        await shell.WaitForLineAsync(static line => line == "waiting", TimeSpan.FromMinutes(1));
        return shell;
    }
}
