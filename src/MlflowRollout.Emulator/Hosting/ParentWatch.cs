using System.Diagnostics;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>Ends the emulator when the process that wanted it ends.</summary>
internal static class ParentWatch
{
    public static async Task WatchAsync(int processId, Action parentEnded, CancellationToken cancellationToken)
    {
        try
        {
            using Process parent = Process.GetProcessById(processId);
            await parent.WaitForExitAsync(cancellationToken);
        }
        catch (ArgumentException)
        {
            // It had ended before we looked.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        parentEnded();
    }
}
