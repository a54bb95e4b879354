using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.LoadContext;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets the connected workspaces of this session, the one that is used by default first.</summary>
[Cmdlet(VerbsCommon.Get, "MlWorkspace")]
[OutputType(typeof(MlWorkspace))]
public sealed class GetMlWorkspaceCommand : MlCmdletBase
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspaceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>All connections of the process, also those made in other sessions of it.</summary>
    [Parameter]
    public SwitchParameter ListAvailable { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<IMlWorkspaceClient> mine = await InvokeAsync(ConnectionResolver.OfRunspace).ConfigureAwait(false);
        IMlWorkspaceClient[] open = [.. mine.Reverse()];
        if (ListAvailable && EngineHost.IsCreated)
        {
            open = [.. open, .. Engine.Connections.Where(client => !open.Contains(client))];
        }

        var selection = new NameSelection(Name);
        foreach (string literal in selection.Literals.Where(literal => !Array.Exists(open, client => Is(client, literal))))
        {
            await WriteErrorAsync(new MlConnectionException(MlErrorIds.WorkspaceNotFound, $"No connected workspace is named '{literal}'.", MlErrorCategory.ObjectNotFound)
            {
                Target = literal,
                RecommendedAction = ListAvailable ? "Connect to it with Connect-MlWorkspace." : "Connect to it with Connect-MlWorkspace; -ListAvailable shows those of other sessions of this process.",
            }).ConfigureAwait(false);
        }

        foreach (IMlWorkspaceClient client in open.Where(client => selection.Literals.Any(literal => Is(client, literal)) || selection.MatchesPattern(client.Workspace.Name)))
        {
            await WriteObjectAsync(client.Workspace).ConfigureAwait(false);
        }
    }

    private static bool Is(IMlWorkspaceClient client, string name) => string.Equals(client.Workspace.Name, name, StringComparison.OrdinalIgnoreCase);
}
