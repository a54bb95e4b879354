using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Ends processes: politely where the system has a way, else hard.</summary>
internal static class ProcessSignal
{
    private const int TerminateSignal = 15;

    /// <summary>Sends SIGTERM; false where there is none or the process is gone.</summary>
    public static bool Terminate(int processId) => !OperatingSystem.IsWindows() && processId > 1 && SendSignal(processId, TerminateSignal) == 0;

    /// <summary>Blocks until a process has ended, and says whether it has. For the end of our own process, where nothing can be awaited.</summary>
    public static bool WaitForExit(int processId, TimeSpan patience)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.WaitForExit(patience);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Kills a process with its children.</summary>
    public static void Kill(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int processId, int signal);
}
