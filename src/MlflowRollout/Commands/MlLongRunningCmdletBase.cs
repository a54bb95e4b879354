using System.Management.Automation;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that start an operation of the service and wait for it unless told otherwise.</summary>
public abstract class MlLongRunningCmdletBase : MlWaitingCmdletBase
{
    /// <summary>Returns as soon as the service accepted the request; the object's ProvisioningState shows that it runs.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (NoWait && (AsJob || Timeout is not null))
        {
            string other = AsJob ? nameof(AsJob) : nameof(Timeout);
            Report(new MlValidationException(MlErrorIds.ParameterConflict, $"-NoWait and -{other} exclude each other: with -NoWait nothing is waited for.")
            {
                IsTerminating = true,
                RecommendedAction = $"Leave out -NoWait or -{other}.",
            });
        }
    }
}
