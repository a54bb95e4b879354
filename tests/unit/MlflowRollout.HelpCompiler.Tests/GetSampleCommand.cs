using System.Management.Automation;

namespace MlflowRollout.HelpCompiler.Tests;

/// <summary>A cmdlet whose metadata the tests know.</summary>
[Cmdlet(VerbsCommon.Get, "Sample", DefaultParameterSetName = "ByName", SupportsShouldProcess = true)]
[OutputType(typeof(Version))]
public sealed class GetSampleCommand : PSCmdlet
{
    [Parameter(ParameterSetName = "ByName", Mandatory = true, Position = 0)]
    [Alias("SampleName")]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    [Parameter(ParameterSetName = "ByObject", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public Uri? InputObject { get; set; }

    [Parameter]
    public SampleColour? Colour { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter(DontShow = true)]
    public int Hidden { get; set; }

    public int NotAParameter { get; set; }
}
