using System.Management.Automation.Runspaces;
using MlflowRollout.LoadContext;
using MlflowRollout.Services;

namespace MlflowRollout.Connections;

/// <summary>Ends emulators that belong to a session when the session ends. One that outlives even that ends with the process by itself.</summary>
internal static class EphemeralConnections
{
    /// <summary>A session that ends waits for its emulators, so that neither process nor data is left when the shell's prompt is back; but not for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Closes a connection when a runspace closes.</summary>
    internal static void EndWith(Runspace runspace, string connectionId)
    {
        bool done = false;
        runspace.StateChanged += (_, change) =>
        {
            if (!done && change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
            {
                done = true;
                ((IAsyncResult)Task.Run(() => EndAsync(connectionId))).AsyncWaitHandle.WaitOne(Patience);
            }
        };
    }

    private static async Task EndAsync(string connectionId)
    {
        try
        {
            await EngineHost.Engine.DisconnectAsync(connectionId, new SilentContext(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (MlException)
        {
            // It was closed already, or its emulator is gone. The session is over, so nobody is left to hear of it.
        }
    }

    /// <summary>Speaks to nobody and gives leave: the session that could be asked has ended.</summary>
    private sealed class SilentContext : IMlOperationContext
    {
        public bool IsWhatIf => false;

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Information(string message)
        {
        }

        public void Progress(MlProgress progress)
        {
        }

        public ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null) => ValueTask.FromResult(true);
    }
}
