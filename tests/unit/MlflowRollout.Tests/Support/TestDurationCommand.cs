using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Tests.Support;

/// <summary>Gives the duration that was typed.</summary>
[Cmdlet("Test", "Duration")]
public sealed class TestDurationCommand : PSCmdlet
{
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Value { get; set; }

    protected override void ProcessRecord() => WriteObject(Value);
}
