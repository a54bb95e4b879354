using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Writes objects to the pipeline.</summary>
[Cmdlet(VerbsCommunications.Write, "Output")]
[OutputType(typeof(PSObject))]
public sealed class WriteOutputCommand : PSCmdlet
{
    /// <summary>The objects; a collection is written element by element.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject? InputObject { get; set; }

    /// <summary>Writes a collection as one object.</summary>
    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => WriteObject(InputObject, !NoEnumerate.IsPresent);
}
