using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Brings archived model versions back into lists.</summary>
[Cmdlet(VerbsLifecycle.Enable, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlModel))]
public sealed class EnableMlModelCommand : MlModelChangeCmdletBase
{
    /// <summary>Returns the model version.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string ActionText => "Restore";

    private protected override bool IncludesArchived => true;

    private protected override async Task ChangeAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken)
    {
        MlModel? model = await client.UpdateAsync(name, version, new MlModelChanges { IsArchived = false }, Context, cancellationToken).ConfigureAwait(false);
        if (model is not null && PassThru)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }
}
