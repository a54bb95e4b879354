using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Goes to another location; home without a path, the last one by <c>-</c>, the next one by <c>+</c>.</summary>
[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PathInfo))]
public sealed class SetLocationCommand : PSCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The location; wildcards that match one.</summary>
    [Parameter(ParameterSetName = PathSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Path { get; set; } = string.Empty;

    /// <summary>The location as it is written.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    /// <summary>Writes the new location.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        string target = LiteralPath is not null ? WildcardPattern.Escape(LiteralPath) : Path;
        try
        {
            PathInfo location = SessionState.Path.SetLocation(target.Length == 0 ? SessionState.Path.CurrentLocation.Provider.Home : target);
            if (PassThru)
            {
                WriteObject(location);
            }
        }
        catch (PSNotSupportedException e)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (System.Management.Automation.DriveNotFoundException e)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (ProviderNotFoundException e)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (ItemNotFoundException e)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (PSArgumentException e)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
    }
}
