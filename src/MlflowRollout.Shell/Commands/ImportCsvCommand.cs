using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MlflowRollout.Shell.Commands;

/// <summary>Reads objects from CSV files; every value is a string, a missing one null.</summary>
[Cmdlet(VerbsData.Import, "Csv", DefaultParameterSetName = DelimiterPathSet)]
[OutputType(typeof(PSObject))]
public sealed class ImportCsvCommand : PSCmdlet
{
    private const string DelimiterPathSet = "DelimiterPath";
    private const string DelimiterLiteralPathSet = "DelimiterLiteralPath";
    private const string CulturePathSet = "CulturePath";
    private const string CultureLiteralPathSet = "CultureLiteralPath";

    private bool _warned;

    /// <summary>What separates values; a comma by default.</summary>
    [Parameter(Position = 1, ParameterSetName = DelimiterPathSet)]
    [Parameter(Position = 1, ParameterSetName = DelimiterLiteralPathSet)]
    public char Delimiter { get; set; } = ',';

    /// <summary>The files.</summary>
    [Parameter(Position = 0, ParameterSetName = DelimiterPathSet, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = CulturePathSet, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>The files, as their names are written.</summary>
    [Parameter(ParameterSetName = DelimiterLiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = CultureLiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>Separates values by the list separator of the current culture.</summary>
    [Parameter(ParameterSetName = CulturePathSet, Mandatory = true)]
    [Parameter(ParameterSetName = CultureLiteralPathSet, Mandatory = true)]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>The names of the columns, where the file does not begin with them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get; set; }

    /// <summary>How the files are encoded, where they do not say so themselves; UTF-8 by default.</summary>
    [Parameter]
    [EncodingArgument]
    [EncodingCompletions]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath ?? Path ?? [])
        {
            string file = FileSystemPaths.ResolveFile(this, path, LiteralPath is not null);
            try
            {
                using StreamReader reader = new(file, Encoding);
                Import(reader);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileSystemPaths.OpenFailure(this, e, path);
            }
        }
    }

    private void Import(StreamReader reader)
    {
        CsvReader csv = new(reader, UseCulture ? CultureInfo.CurrentCulture.TextInfo.ListSeparator[0] : Delimiter);
        (string? type, IReadOnlyList<string>? header) = CsvHeader.Read(csv, Header);
        if (header is null)
        {
            return;
        }

        if (CsvHeader.Repeated(header) is string repeated)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ExtendedTypeSystemException($"The member \"{repeated}\" is already present."), "DuplicateHeader", ErrorCategory.InvalidData, repeated));
        }

        IReadOnlyList<string> names = CsvHeader.Named(header, out bool completed);
        while (csv.ReadRecord() is { } cells)
        {
            if (cells is [] or [""])
            {
                continue;
            }

            if (completed && !_warned)
            {
                WriteWarning("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.");
                _warned = true;
            }

            WriteObject(ObjectOf(names, cells, type));
        }
    }

    private static PSObject ObjectOf(IReadOnlyList<string> names, List<string> cells, string? type)
    {
        PSObject row = new(names.Count);
        for (int i = 0; i < names.Count; i++)
        {
            row.Properties.Add(new PSNoteProperty(names[i], i < cells.Count ? cells[i] : null), preValidated: true);
        }

        if (type is not null)
        {
            row.TypeNames.Clear();
            row.TypeNames.Add(type);
            row.TypeNames.Add("CSV:" + type);
        }

        return row;
    }
}
