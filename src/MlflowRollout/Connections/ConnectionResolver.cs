using System.Management.Automation.Runspaces;
using MlflowRollout.LoadContext;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Connections;

/// <summary>Decides in which workspace a call acts (the rule is in the help topic about_MlflowRollout).</summary>
internal static class ConnectionResolver
{
    /// <summary>
    /// Objects win: a thing is changed in the workspace it came from. Then <c>-Workspace</c>. Then the runspace's newest connection; but a change is
    /// refused when the runspace has several and nothing says which is meant.
    /// </summary>
    /// <param name="workspace">The parameter; null when not given.</param>
    /// <param name="objects">What the objects of the call say about where they came from; nulls are passed over.</param>
    /// <param name="isChange">True for calls that change something.</param>
    /// <param name="runspace">The caller's runspace; null for that of the current thread.</param>
    /// <exception cref="MlException">No connection, several, or objects of different workspaces.</exception>
    internal static IMlWorkspaceClient Resolve(WorkspaceReference? workspace, IEnumerable<ObjectOrigin?> objects, bool isChange, Runspace? runspace = null)
    {
        IMlWorkspaceClient? fromObjects = null;
        ObjectOrigin? decidedBy = null;
        foreach (ObjectOrigin? origin in objects)
        {
            if (origin?.ConnectionId is not { Length: > 0 } connectionId)
            {
                continue;
            }

            IMlWorkspaceClient client = Find(connectionId) ?? throw new MlConnectionException(
                MlErrorIds.WorkspaceNotFound,
                $"{origin.Description} came from workspace '{origin.WorkspaceName}', and that connection was closed.")
            {
                RecommendedAction = "Connect again with Connect-MlWorkspace and read the object anew.",
            };
            if (fromObjects is not null && fromObjects.Workspace.ConnectionId != client.Workspace.ConnectionId)
            {
                throw Mismatch(decidedBy!, fromObjects, origin, client);
            }

            (fromObjects, decidedBy) = (client, origin);
        }

        IMlWorkspaceClient? named = workspace is null ? null : Named(workspace, runspace ?? Runspace.DefaultRunspace);
        if (fromObjects is not null && named is not null && fromObjects.Workspace.ConnectionId != named.Workspace.ConnectionId)
        {
            throw new MlValidationException(
                MlErrorIds.WorkspaceMismatch,
                $"{decidedBy!.Description} belongs to workspace '{fromObjects.Workspace.Name}', but -Workspace names '{named.Workspace.Name}'.")
            {
                RecommendedAction = "Leave -Workspace out, or give names instead of objects.",
            };
        }

        return fromObjects ?? named ?? Default(isChange, runspace ?? Runspace.DefaultRunspace);
    }

    /// <summary>All open connections of the current runspace, newest last.</summary>
    internal static IReadOnlyList<IMlWorkspaceClient> OfRunspace() => OfRunspace(Runspace.DefaultRunspace);

    private static IReadOnlyList<IMlWorkspaceClient> OfRunspace(Runspace runspace) =>
        EngineHost.IsCreated ? [.. RunspaceConnections.Of(runspace).Select(Find).OfType<IMlWorkspaceClient>()] : [];

    private static IMlWorkspaceClient Default(bool isChange, Runspace runspace)
    {
        IReadOnlyList<IMlWorkspaceClient> open = OfRunspace(runspace);
        if (open.Count == 0)
        {
            throw new MlConnectionException(MlErrorIds.NotConnected, "No workspace is connected in this session.")
            {
                RecommendedAction = "Run Connect-MlWorkspace first: -Emulator for the emulator on this machine, or -SubscriptionId, -ResourceGroupName and -WorkspaceName for Azure.",
            };
        }

        if (isChange && open.Count > 1)
        {
            throw new MlValidationException(
                MlErrorIds.WorkspaceAmbiguous,
                $"{open.Count} workspaces are connected ({string.Join(", ", open.Select(client => client.Workspace.Name))}), and nothing says which one to change.")
            {
                RecommendedAction = "Name it with -Workspace, pass an object that came from it, or close the others with Disconnect-MlWorkspace.",
            };
        }

        return open[^1];
    }

    /// <summary>The open connection that a reference names: one of the runspace, else one of the process.</summary>
    internal static IMlWorkspaceClient Named(WorkspaceReference workspace, Runspace runspace)
    {
        if (workspace.ConnectionId is { Length: > 0 } connectionId)
        {
            return Find(connectionId) ?? throw NoSuchWorkspace(workspace.Name);
        }

        // The session's own connections first: those of other sessions of the process are none of its business unless it names them.
        bool IsNamed(IMlWorkspaceClient client) =>
            string.Equals(client.Workspace.Name, workspace.Name, StringComparison.OrdinalIgnoreCase) ||
            string.Equals(client.Workspace.Id, workspace.Name, StringComparison.OrdinalIgnoreCase);
        IMlWorkspaceClient[] matches = [.. OfRunspace(runspace).Where(IsNamed)];
        if (matches.Length == 0 && EngineHost.IsCreated)
        {
            matches = [.. EngineHost.Engine.Connections.Where(IsNamed)];
        }

        return matches.Length switch
        {
            1 => matches[0],
            0 => throw NoSuchWorkspace(workspace.Name),
            _ => throw new MlValidationException(
                MlErrorIds.WorkspaceAmbiguous, $"{matches.Length} connected workspaces are named '{workspace.Name}'.")
            {
                RecommendedAction = "Pass the object from Get-MlWorkspace, or the workspace's full resource id.",
            },
        };
    }

    private static IMlWorkspaceClient? Find(string connectionId) => EngineHost.IsCreated ? EngineHost.Engine.FindConnection(connectionId) : null;

    private static MlConnectionException NoSuchWorkspace(string name)
    {
        string known = EngineHost.IsCreated ? string.Join(", ", EngineHost.Engine.Connections.Select(client => client.Workspace.Name)) : string.Empty;
        return new(MlErrorIds.WorkspaceNotFound, $"No connected workspace is named '{name}'.{(known.Length > 0 ? $" Connected: {known}." : string.Empty)}", MlErrorCategory.ObjectNotFound)
        {
            RecommendedAction = "Connect to it with Connect-MlWorkspace.",
        };
    }

    private static MlValidationException Mismatch(ObjectOrigin first, IMlWorkspaceClient firstClient, ObjectOrigin second, IMlWorkspaceClient secondClient) =>
        new(MlErrorIds.WorkspaceMismatch,
            $"{first.Description} belongs to workspace '{firstClient.Workspace.Name}' and {second.Description} to '{secondClient.Workspace.Name}'.")
        {
            RecommendedAction = $"Copy the model to '{firstClient.Workspace.Name}' with Copy-MlModel -Destination, or use objects of one workspace.",
        };
}
