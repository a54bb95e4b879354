using System.Management.Automation;
using System.Text;

namespace MlflowRollout.Shell.Commands;

/// <summary>Reads text files, line by line or as a whole.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PSCmdlet
{
    private const string PathSet = "Path";

    private bool _stopped;

    /// <summary>The files.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>The files, as their names are written.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>How many lines to read from the beginning.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, long.MaxValue)]
    [Alias("First", "Head")]
    public long TotalCount { get; set; } = -1;

    /// <summary>How many lines to read from the end.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    /// <summary>Gives each file as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>How the files are encoded, where they do not say so themselves; UTF-8 by default.</summary>
    [Parameter]
    [EncodingArgument]
    [EncodingCompletions]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (TotalCount >= 0 && Tail >= 0)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException("The parameters TotalCount and Tail cannot be used together. Please specify only one parameter."),
                "TailAndHeadCannotCoexist", ErrorCategory.InvalidOperation, null));
            return;
        }

        if (Raw && (TotalCount >= 0 || Tail >= 0))
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException($"The parameters Raw and {(Tail >= 0 ? "Tail" : "TotalCount")} cannot be specified in the same command."),
                "InvalidOperation", ErrorCategory.InvalidOperation, null));
            return;
        }

        foreach (string path in LiteralPath ?? Path ?? [])
        {
            foreach (string file in FileSystemPaths.ResolveExisting(this, path, LiteralPath is not null))
            {
                Read(file);
            }
        }
    }

    /// <inheritdoc />
    protected override void StopProcessing() => _stopped = true;

    private void Read(string file)
    {
        if (Directory.Exists(file))
        {
            WriteError(new ErrorRecord(
                new UnauthorizedAccessException($"Unable to get content because it is a directory: '{file}'. Please use 'Get-ChildItem' instead."),
                "GetContentReaderUnauthorizedAccessError", ErrorCategory.PermissionDenied, file));
            return;
        }

        try
        {
            using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding);
            if (Raw)
            {
                Write(reader.ReadToEnd(), file, 1);
            }
            else if (Tail >= 0)
            {
                WriteTail(reader, file);
            }
            else
            {
                WriteLines(reader, file);
            }
        }
        catch (IOException e)
        {
            WriteError(new ErrorRecord(e, "GetContentReaderIOError", ErrorCategory.ReadError, file));
        }
        catch (UnauthorizedAccessException e)
        {
            WriteError(new ErrorRecord(e, "GetContentReaderUnauthorizedAccessError", ErrorCategory.PermissionDenied, file));
        }
    }

    private void WriteLines(StreamReader reader, string file)
    {
        for (long count = 1; !_stopped && (TotalCount < 0 || count <= TotalCount) && reader.ReadLine() is string line; count++)
        {
            Write(line, file, count);
        }
    }

    private void WriteTail(StreamReader reader, string file)
    {
        Queue<string> last = new();
        while (!_stopped && reader.ReadLine() is string line)
        {
            last.Enqueue(line);
            if (last.Count > Tail)
            {
                last.Dequeue();
            }
        }

        long count = 0;
        foreach (string line in last)
        {
            Write(line, file, ++count);
        }
    }

    // The notes of the original, by which the next cmdlet of the pipeline may bind.
    private void Write(string text, string file, long count)
    {
        PSObject line = new(text);
        string? parent = System.IO.Path.GetDirectoryName(file);
        line.Properties.Add(new PSNoteProperty("PSPath", $@"Microsoft.PowerShell.Core\FileSystem::{file}"), preValidated: true);
        line.Properties.Add(new PSNoteProperty("PSParentPath", parent is null ? string.Empty : $@"Microsoft.PowerShell.Core\FileSystem::{parent}"), preValidated: true);
        line.Properties.Add(new PSNoteProperty("PSChildName", System.IO.Path.GetFileName(file)), preValidated: true);
        line.Properties.Add(new PSNoteProperty("PSDrive", SessionState.Path.CurrentFileSystemLocation.Drive), preValidated: true);
        line.Properties.Add(new PSNoteProperty("PSProvider", SessionState.Path.CurrentFileSystemLocation.Provider), preValidated: true);
        line.Properties.Add(new PSNoteProperty("ReadCount", count), preValidated: true);
        WriteObject(line);
    }
}
