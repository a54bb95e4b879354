using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MlflowRollout.Shell.Commands;

/// <summary>Writes objects to a CSV file; the first one gives the columns.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true, DefaultParameterSetName = DelimiterSet)]
public sealed class ExportCsvCommand : PSCmdlet, IDisposable
{
    private const string DelimiterSet = "Delimiter";
    private const string CultureSet = "UseCulture";

    private CsvFormatter? _formatter;
    private StreamWriter? _writer;
    private IReadOnlyList<string>? _columns;
    private IReadOnlyList<string>? _columnsInFile;
    private FileInfo? _readOnly;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The file.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The file, as its name is written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    /// <summary>Writes to a read-only file too, and appends objects that lack some of the file's columns.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Does not overwrite a file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>How the file is encoded; UTF-8 by default.</summary>
    [Parameter]
    [EncodingArgument]
    [EncodingCompletions]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>What separates values; a comma by default.</summary>
    [Parameter(Position = 1, ParameterSetName = DelimiterSet)]
    [ValidateNotNull]
    public char Delimiter { get; set; } = ',';

    /// <summary>Separates values by the list separator of the current culture.</summary>
    [Parameter(ParameterSetName = CultureSet)]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Begins the file with the type's name.</summary>
    [Parameter]
    [Alias("ITI")]
    public SwitchParameter IncludeTypeInformation { get; set; }

    /// <summary>Has no effect: the type's name is left out by default.</summary>
    [Parameter(DontShow = true)]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <summary>The columns whose values stand in quotes.</summary>
    [Parameter]
    [Alias("QF")]
    public string[]? QuoteFields { get; set; }

    /// <summary>Which values stand in quotes.</summary>
    [Parameter]
    [Alias("UQ")]
    public CsvQuoteKind UseQuotes { get; set; } = CsvQuoteKind.Always;

    /// <summary>Leaves out the line of names.</summary>
    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    /// <inheritdoc />
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
        if (_readOnly is not null)
        {
            _readOnly.IsReadOnly = true;
            _readOnly = null;
        }
    }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        if (Path is null == LiteralPath is null)
        {
            Refuse("You must specify either the -Path or -LiteralPath parameters, but not both.", "CannotSpecifyPathAndLiteralPath");
        }

        if (QuoteFields is not null && MyInvocation.BoundParameters.ContainsKey(nameof(UseQuotes)))
        {
            Refuse("You must specify either the -UseQuotes or -QuoteFields parameters, but not both.", "CannotSpecifyQuoteFieldsAndUseQuotes");
        }

        if (IncludeTypeInformation && NoTypeInformation)
        {
            Refuse("You must specify either the -IncludeTypeInformation or -NoTypeInformation parameters, but not both.", "CannotSpecifyIncludeTypeInformationAndNoTypeInformation");
        }

        if (Append && NoHeader)
        {
            Refuse("You must specify either the -Append or -NoHeader parameters, but not both.", "CannotSpecifyBothAppendAndNoHeader");
        }

        string path = LiteralPath ?? Path!;
        if (ShouldProcess(path))
        {
            char delimiter = UseCulture ? CultureInfo.CurrentCulture.TextInfo.ListSeparator[0] : Delimiter;
            _formatter = new CsvFormatter(delimiter, UseQuotes, QuoteFields);
            Open(path, FileSystemPaths.ResolveFile(this, path, LiteralPath is not null), delimiter);
        }
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (_writer is null || _formatter is null || InputObject is null)
        {
            return;
        }

        if (_columns is null)
        {
            _columns = Columns(InputObject);
            if (_columnsInFile is null && !NoHeader)
            {
                if (IncludeTypeInformation)
                {
                    _writer.WriteLine(CsvFormatter.TypeLine(InputObject));
                }

                _writer.WriteLine(_formatter.Header(_columns));
            }
        }

        _writer.WriteLine(_formatter.Row(InputObject, _columns));
    }

    /// <inheritdoc />
    protected override void EndProcessing() => Dispose();

    private IReadOnlyList<string> Columns(PSObject first)
    {
        IReadOnlyList<string> own = CsvFormatter.ColumnsOf(first);
        if (_columnsInFile is null)
        {
            return own;
        }

        string? missing = _columnsInFile.FirstOrDefault(column => !own.Contains(column, StringComparer.OrdinalIgnoreCase));
        if (missing is not null && !Force)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException(
                    $"Cannot append CSV content to the following file: {LiteralPath ?? Path}. The appended object does not have a property that corresponds to the following column: {missing}. To continue with mismatched properties, add the -Force parameter, and then retry the command."),
                "CannotAppendCsvWithMismatchedPropertyNames", ErrorCategory.InvalidData, first));
        }

        return _columnsInFile;
    }

    private void Open(string path, string file, char delimiter)
    {
        try
        {
            Encoding encoding = Encoding;
            if (Append && File.Exists(file))
            {
                using StreamReader reader = new(file, encoding);
                if (reader.Peek() >= 0)
                {
                    (_, IReadOnlyList<string>? names) = CsvHeader.Read(new CsvReader(reader, delimiter), given: null);
                    _columnsInFile = names;
                    encoding = reader.CurrentEncoding;
                }
            }

            if (Force && File.Exists(file) && new FileInfo(file) is { IsReadOnly: true } readOnly)
            {
                readOnly.IsReadOnly = false;
                _readOnly = readOnly;
            }

            FileMode mode = Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create;
            _writer = new StreamWriter(new FileStream(file, mode, FileAccess.Write, FileShare.Read), encoding);
        }
        catch (IOException e) when (NoClobber && File.Exists(file))
        {
            throw FileSystemPaths.OpenFailure(this, new IOException($"The file '{file}' already exists.", e), path, "NoClobber", ErrorCategory.ResourceExists);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystemPaths.OpenFailure(this, e, path);
        }
    }

    private void Refuse(string message, string id) =>
        ThrowTerminatingError(new ErrorRecord(new InvalidOperationException(message), id, ErrorCategory.InvalidData, null));
}
