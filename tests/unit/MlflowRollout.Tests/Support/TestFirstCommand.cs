using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;

namespace MlflowRollout.Tests.Support;

/// <summary>Ends the commands before it as <c>Select-Object -First 1</c> does, which the engine's package lacks.</summary>
[Cmdlet("Test", "First")]
public sealed class TestFirstCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        throw (Exception)typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!
            .GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(InternalCommand)])!
            .Invoke([this]);
    }
}
