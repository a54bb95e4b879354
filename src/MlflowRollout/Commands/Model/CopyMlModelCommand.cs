using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Copies registered model versions to another connected workspace, with version, content hash, description, flavors, stage and tags. Tags say where the copy
/// came from. Content that is there already is not sent again.
/// </summary>
[Cmdlet(VerbsCommon.Copy, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlModel))]
public sealed class CopyMlModelCommand : MlModelTransferCmdletBase
{
    /// <summary>The connected workspace to copy to, by name, resource id or object.</summary>
    [Parameter(Mandatory = true)]
    [Alias("ToWorkspace")]
    [AllowNull]
    [ArgumentCompleter(typeof(WorkspaceCompleter))]
    public WorkspaceReference? Destination { get; set; }

    /// <summary>Name of the model there. Without it the same.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DestinationName { get; set; }

    /// <summary>Version to make there. Without it the same.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DestinationVersion { get; set; }

    /// <summary>Makes the next version there instead of the same one.</summary>
    [Parameter]
    public SwitchParameter NextVersion { get; set; }

    /// <summary>With -NextVersion, what to do when the newest version there has the same content: NewVersion (default) or Reuse, which returns that one.</summary>
    [Parameter]
    public MlIfUnchanged IfUnchanged { get; set; }

    /// <summary>
    /// What to do when the version exists there: Error (default), Skip (return it, after verifying that its content is the same) or Update (its description, tags and
    /// stage).
    /// </summary>
    [Parameter]
    [ValidateSet(nameof(MlIfExists.Error), nameof(MlIfExists.Skip), nameof(MlIfExists.Update))]
    public MlIfExists IfExists { get; set; }

    private protected override string ActionText => "Copy to another workspace";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        string? conflict =
            NextVersion && DestinationVersion is not null ? "-NextVersion and -DestinationVersion exclude each other: both say which version to make."
            : NextVersion && IfExists != MlIfExists.Error ? "-NextVersion and -IfExists exclude each other: the next version never exists."
            : !NextVersion && IfUnchanged != MlIfUnchanged.NewVersion ? "-IfUnchanged goes with -NextVersion. For a version that exists, there is -IfExists."
            : null;
        if (conflict is not null)
        {
            Report(new MlValidationException(MlErrorIds.ParameterConflict, conflict) { IsTerminating = true, RecommendedAction = "Leave one of them out." });
        }
    }

    private protected override async Task TransferAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken)
    {
        var copy = new MlModelCopy
        {
            Destination = ConnectionResolver.Named(Required(Destination, nameof(Destination)), Session!),
            Name = DestinationName,
            Version = DestinationVersion,
            NextVersion = NextVersion,
            ReuseUnchanged = IfUnchanged == MlIfUnchanged.Reuse,
            IfExists = IfExists,
        };
        if (await client.CopyAsync(name, version, copy, Context, cancellationToken).ConfigureAwait(false) is { } model)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }
}
