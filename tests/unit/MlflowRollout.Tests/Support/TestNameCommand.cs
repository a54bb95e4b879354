using System.Management.Automation;
using MlflowRollout.Commands;
using MlflowRollout.Parameters;

namespace MlflowRollout.Tests.Support;

/// <summary>Gives the name that was typed or made from the piped object.</summary>
[Cmdlet("Test", "Name")]
public sealed class TestNameCommand : MlCmdletBase
{
    [Parameter(Position = 0)]
    public MlName? Name { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken) =>
        await WriteObjectAsync(await InvokeAsync(() => Name!.For(InputObject)));
}
