using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace MlflowRollout.Connections;

/// <summary>
/// The connections made in each runspace, newest last. Keyed by runspace, since parallel loops, thread jobs and automation hosts put many in one
/// process. Ids only: the connection itself is found process-wide, so that an object works in whatever runspace it travels to.
/// </summary>
internal static class RunspaceConnections
{
    private static readonly ConditionalWeakTable<Runspace, List<string>> ByRunspace = [];

    /// <summary>Ids of the connections of the current runspace, newest last. For the pipeline thread only: no other has a current runspace.</summary>
    internal static IReadOnlyList<string> Current => Of(Runspace.DefaultRunspace);

    /// <summary>Ids of the connections of a runspace, newest last.</summary>
    internal static IReadOnlyList<string> Of(Runspace runspace)
    {
        List<string> ids = ListOf(runspace);
        lock (ids)
        {
            return [.. ids];
        }
    }

    /// <summary>Makes a connection the newest of the current runspace.</summary>
    internal static void Add(string connectionId) => Add(Runspace.DefaultRunspace, connectionId);

    /// <summary>Makes a connection the newest of a runspace.</summary>
    internal static void Add(Runspace runspace, string connectionId)
    {
        List<string> ids = ListOf(runspace);
        lock (ids)
        {
            ids.Remove(connectionId);
            ids.Add(connectionId);
        }
    }

    /// <summary>Forgets a closed connection in the current runspace; other runspaces find out when they ask the engine for it.</summary>
    internal static void Remove(string connectionId)
    {
        List<string> ids = ListOf(Runspace.DefaultRunspace);
        lock (ids)
        {
            ids.Remove(connectionId);
        }
    }

    private static List<string> ListOf(Runspace runspace) => ByRunspace.GetValue(runspace, static _ => []);
}
