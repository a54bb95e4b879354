using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Archives registered model versions: they are hidden from lists, and what uses them goes on. Enable-MlModel brings them back.</summary>
[Cmdlet(VerbsLifecycle.Disable, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlModel))]
public sealed class DisableMlModelCommand : MlModelChangeCmdletBase
{
    /// <summary>Returns the model version.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string ActionText => "Archive";

    private protected override bool IncludesArchived => false;

    private protected override async Task ChangeAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken)
    {
        MlModel? model = await client.UpdateAsync(name, version, new MlModelChanges { IsArchived = true }, Context, cancellationToken).ConfigureAwait(false);
        if (model is not null && PassThru)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }
}
