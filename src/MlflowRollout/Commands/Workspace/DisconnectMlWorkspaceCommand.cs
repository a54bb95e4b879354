using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Closes the connection to a workspace. An ephemeral emulator ends with it, and so does its data.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "MlWorkspace", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisconnectMlWorkspaceCommand : MlCmdletBase
{
    /// <summary>The connected workspace, by name, resource id or object. Not needed with one connection.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Connection")]
    [AllowNull]
    [ArgumentCompleter(typeof(WorkspaceCompleter))]
    public WorkspaceReference? Workspace { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        IMlWorkspaceClient client = await InvokeAsync(Find).ConfigureAwait(false);
        MlWorkspace workspace = client.Workspace;
        if (!await Context.ConfirmAsync($"workspace '{workspace.Name}'", workspace.IsEphemeral ? "Disconnect and delete the emulator's data" : "Disconnect").ConfigureAwait(false))
        {
            return;
        }

        // Forgotten first: whatever becomes of the emulator, the connection is no longer used.
        await InvokeAsync(() => RunspaceConnections.Remove(workspace.ConnectionId)).ConfigureAwait(false);
        await Engine.DisconnectAsync(workspace.ConnectionId, Context, cancellationToken).ConfigureAwait(false);
    }

    private IMlWorkspaceClient Find()
    {
        if (Workspace is null && MyInvocation.BoundParameters.ContainsKey(nameof(Workspace)))
        {
            throw new MlValidationException(MlErrorIds.EarlierStepFailed, "-Workspace is null, so there is nothing to disconnect: an earlier command failed or gave no object.")
            {
                RecommendedAction = "Run Disconnect-MlWorkspace without -Workspace to close the only connection of this session.",
            };
        }

        return ConnectionResolver.Resolve(Workspace, [], isChange: true);
    }
}
