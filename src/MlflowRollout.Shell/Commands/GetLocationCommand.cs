using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Gets where the session is.</summary>
[Cmdlet(VerbsCommon.Get, "Location")]
[OutputType(typeof(PathInfo))]
public sealed class GetLocationCommand : PSCmdlet
{
    /// <summary>Drives to get the location in, instead of the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? PSDrive { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (PSDrive is null)
        {
            WriteObject(SessionState.Path.CurrentLocation);
            return;
        }

        foreach (string drive in PSDrive)
        {
            try
            {
                SessionState.Drive.Get(drive);
                WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(drive + ":"), enumerateCollection: true);
            }
            catch (System.Management.Automation.DriveNotFoundException e)
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
        }
    }
}
