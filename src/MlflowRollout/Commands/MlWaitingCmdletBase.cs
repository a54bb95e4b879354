using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that wait for an operation of the service.</summary>
public abstract class MlWaitingCmdletBase : MlJobCmdletBase
{
    /// <summary>
    /// How long to wait at most, one hour by default: <c>30s</c>, <c>'30m'</c>, <c>00:30:00</c>, or a number of seconds. The operation itself goes on when the
    /// time is over.
    /// </summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }
}
