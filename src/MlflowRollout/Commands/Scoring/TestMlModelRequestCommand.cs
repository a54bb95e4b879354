using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Says whether a model would take a request, without asking the model: the form, columns, types, missing and unknown names, dimensions and inference
/// parameters. The signature is that of a model, of an endpoint, of a model folder, or of column types that you name; without one only the form is checked.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "MlModelRequest", DefaultParameterSetName = Rows)]
[OutputType(typeof(bool), typeof(MlRequestCheck))]
public sealed class TestMlModelRequestCommand : MlSignatureCmdletBase
{
    private const string Rows = nameof(Rows);
    private const string FromFile = nameof(FromFile);
    private const string FromBody = nameof(FromBody);
    private const int RowsAtOnce = 1000;
    private const int MostFindings = 50;

    private readonly List<MlRow> _rows = [];
    private readonly List<string> _findings = [];
    private RowReader? _reader;
    private MlModelSignature? _signature;
    private string? _source;
    private MlValidationException? _noSignature;
    private bool _isOpen;
    private bool _endpointTyped;
    private bool _deploymentTyped;
    private bool _modelTyped;
    private long _rowCount;
    private long _more;
    private bool _gotInput;

    /// <summary>
    /// A row: an object as <c>Import-Csv</c> gives it, or a hashtable; all rows together give one verdict. A text, or the object of <c>ConvertTo-MlModelRequest</c>, is
    /// a whole request with a verdict of its own.
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = Rows)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>File that holds a request in JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromFile)]
    public string RequestFile { get; set; } = string.Empty;

    /// <summary>A request in JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromBody)]
    [AllowEmptyString]
    [AllowNull]
    public string? Body { get; set; }

    /// <summary>Model whose signature is used: an object, or a reference in any form that <c>New-MlDeployment</c> takes.</summary>
    [Parameter(Position = 0, ParameterSetName = Rows)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = FromFile)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = FromBody)]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Endpoint whose signature is used, by name or object. All its live deployments must agree.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromFile)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromBody)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Deployment whose signature is used: an object, or a name beside <c>-Endpoint</c>.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromFile)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromBody)]
    [AllowNull]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference? Deployment { get; set; }

    /// <summary>Columns with their types: <c>@{ age = 'long'; thal = 'string' }</c>. Types are boolean, integer, long, float, double, string, binary, datetime and nested (lists, objects, maps).</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? ColumnType { get; set; }

    /// <summary>Folder of an MLflow model on this machine, the one that holds <c>MLmodel</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The same without wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath")]
    public string? LiteralPath { get; set; }

    /// <summary>Inference parameters that would go with the rows: <c>@{ threshold = 0.7 }</c>. A whole request has its own, under <c>params</c>.</summary>
    [Parameter(ParameterSetName = Rows)]
    [ValidateNotNull]
    public IDictionary? Parameter { get; set; }

    /// <summary>Makes columns that the model does not know a finding. In a whole request they always are one.</summary>
    [Parameter(ParameterSetName = Rows)]
    public SwitchParameter Strict { get; set; }

    /// <summary>Gives an object with all findings instead of a Boolean with warnings.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private bool TakesRows => ParameterSetName == Rows;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _endpointTyped = IsBound(nameof(Endpoint));
        _deploymentTyped = IsBound(nameof(Deployment));
        _modelTyped = IsBound(nameof(Model));
        string[] sources =
        [
            .. new[] { nameof(Model), nameof(ColumnType), nameof(Path), nameof(LiteralPath) }.Where(IsBound),
            .. _endpointTyped || _deploymentTyped ? new[] { _endpointTyped ? nameof(Endpoint) : nameof(Deployment) } : [],
        ];
        if (sources.Length > 1)
        {
            Report(new MlValidationException(MlErrorIds.ParameterConflict, $"-{string.Join(" and -", sources)} each name a signature; the request is checked against one.")
            {
                IsTerminating = true,
                RecommendedAction = "Leave one of them.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;
        try
        {
            if (TakesRows)
            {
                TakeInput();
            }
            else
            {
                // Each piped model, endpoint or deployment is a signature of its own.
                _isOpen = false;
                string body = ParameterSetName == FromFile ? Encoding.UTF8.GetString(RequestFileContent.Read(this, RequestFile)) : Body ?? string.Empty;
                Open();
                WriteVerdict(Engine.Requests.Check(_signature, body));
            }
        }
        catch (MlException e)
        {
            Report(e);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            if (_rowCount > 0)
            {
                CheckRows();
                WriteVerdict(new MlRequestCheck { IsValid = _findings.Count == 0, RowCount = (int)Math.Min(_rowCount, int.MaxValue), Findings = [.. _findings] });
            }
            else if (!_gotInput && !TakesRows && EmptyPipeline.Error(MyInvocation, nameof(Model)) is { } error)
            {
                Report(error);
            }
        }
        catch (MlException e)
        {
            End(e);
        }
    }

    private void TakeInput()
    {
        if (!MyInvocation.ExpectingInput && !IsBound(nameof(InputObject)))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "There is nothing to check.")
            {
                IsTerminating = true,
                RecommendedAction = "Pipe rows, or give a request with -RequestFile or -Body.",
            };
        }

        if (!_isOpen)
        {
            Open();
            CheckParameters();
        }

        if (InputObject is not null && RowInput.Body(InputObject) is { } body)
        {
            WriteVerdict(Engine.Requests.Check(_signature, body));
            return;
        }

        if (InputObject is not null && RowInput.Problem(InputObject, "Test-MlModelRequest") is { } mistake)
        {
            throw mistake;
        }

        if (_signature is null)
        {
            // It is the same for every row.
            End(_noSignature ?? new MlValidationException(MlErrorIds.SignatureNotFound, "Nothing says which columns rows must have.")
            {
                RecommendedAction = "Name a signature with -Model, -Path, -Endpoint, -Deployment or -ColumnType.",
            });
        }

        AddRow(_rowCount++);
    }

    private void AddRow(long index)
    {
        object?[] values = [];
        string? problem = InputObject is null
            ? string.Create(CultureInfo.InvariantCulture, $"row {index + 1} (index {index}) is null")
            : (_reader ??= new RowReader(_signature!, Strict)).Read(index, InputObject, out values);
        if (problem is not null)
        {
            // What came before it is told before it.
            CheckRows();
            Add(char.ToUpperInvariant(problem[0]) + problem[1..] + ".");
            return;
        }

        _rows.Add(new MlRow(index, null, values));
        if (_rows.Count == RowsAtOnce)
        {
            CheckRows();
        }
    }

    private void CheckRows()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        foreach (string finding in Engine.Requests.CheckRows(_signature!, _rows).Findings)
        {
            Add(finding);
        }

        _rows.Clear();
    }

    private void CheckParameters()
    {
        if (InferenceParameters.Of(Parameter) is not { Count: > 0 } parameters || _signature is null)
        {
            return;
        }

        try
        {
            Engine.Requests.RequireParameters(_signature, parameters);
        }
        catch (MlValidationException e) when (e.ErrorId == MlErrorIds.RequestInvalid)
        {
            Add(e.Message);
        }
    }

    private void Add(string finding)
    {
        if (_findings.Count < MostFindings)
        {
            _findings.Add(finding);
        }
        else
        {
            _more++;
        }
    }

    private void WriteVerdict(MlRequestCheck check)
    {
        if (_more > 0)
        {
            check.Findings = [.. check.Findings, string.Create(CultureInfo.InvariantCulture, $"… and {_more} more.")];
            _more = 0;
        }

        check.Source = _source;
        if (Detailed)
        {
            WriteObject(check);
            return;
        }

        foreach (string finding in check.Findings)
        {
            WriteWarning(finding);
        }

        WriteObject(check.IsValid);
    }

    private void Open()
    {
        string? folder = Path is not null ? FileSystemPath.ResolveOne(this, Path) : LiteralPath is not null ? FileSystemPath.ResolveLiteral(this, LiteralPath) : null;
        (_signature, _source, _noSignature) = (null, null, null);
        RunOrEnd(async cancellationToken =>
        {
            try
            {
                (_signature, _source) = await FindAsync(folder, cancellationToken).ConfigureAwait(false);
            }
            catch (MlValidationException e) when (e.ErrorId == MlErrorIds.SignatureNotFound)
            {
                // A model without one takes whole requests all the same; rows cannot be made into one.
                _noSignature = e;
            }
        });
        if (_signature is null)
        {
            WriteVerbose(_noSignature is null ? "No signature was named, so only the form of the request is checked." : $"{_noSignature.Message} Only the form of the request is checked.");
        }

        _isOpen = true;
    }

    private async Task<(MlModelSignature? Signature, string? Source)> FindAsync(string? folder, CancellationToken cancellationToken)
    {
        if (ColumnType is not null)
        {
            return (SignatureOfColumnTypes(ColumnType, Parameter), "-ColumnType");
        }

        if (folder is not null)
        {
            return (SignatureOfFolder(folder), folder);
        }

        // Piped text binds to every parameter that takes the pipeline; it names an endpoint, as everywhere.
        bool isPiped = MyInvocation.ExpectingInput && !TakesRows;
        bool isModel = _modelTyped || Model is { Name: not null };
        if (isModel)
        {
            return (await SignatureOfModelAsync(Required(Model, nameof(Model)), cancellationToken).ConfigureAwait(false), Model!.Text);
        }

        if (_endpointTyped || (isPiped && Deployment is null))
        {
            _ = Required(Endpoint, nameof(Endpoint));
        }

        if (_deploymentTyped)
        {
            _ = Required(Deployment, nameof(Deployment));
        }

        bool isEndpointName = !_deploymentTyped && !_endpointTyped && Deployment is { EndpointName: null };
        DeploymentReference? deployment = isEndpointName ? null : Deployment;
        return Endpoint is null && deployment is null
            ? (null, null)
            : (await SignatureOfTargetAsync(Endpoint, deployment, cancellationToken).ConfigureAwait(false), EndpointTarget.From(Endpoint, deployment).ToString());
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
