using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Deletes registered model versions. Refused for a version that a deployment uses; Disable-MlModel hides one without deleting it.</summary>
[Cmdlet(VerbsCommon.Remove, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(void))]
public sealed class RemoveMlModelCommand : MlModelChangeCmdletBase
{
    /// <summary>Does not ask. A version that a deployment uses is refused all the same.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override string ActionText => "Delete";

    private protected override Task ChangeAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken) =>
        client.RemoveAsync(name, version, Context, cancellationToken);
}
