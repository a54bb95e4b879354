using System.Collections;
using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Makes one request of rows, in the form that Azure Machine Learning takes for MLflow models. Values are converted by the signature of a model, of an
/// endpoint, of a model folder, or of column types that you name.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "MlModelRequest", DefaultParameterSetName = ByModel)]
[OutputType(typeof(MlModelRequest))]
public sealed class ConvertToMlModelRequestCommand : MlSignatureCmdletBase
{
    private const string ByModel = nameof(ByModel);
    private const string ByEndpoint = nameof(ByEndpoint);
    private const string ByColumnType = nameof(ByColumnType);
    private const string ByPath = nameof(ByPath);
    private const string ByLiteralPath = nameof(ByLiteralPath);

    private readonly List<MlRow> _rows = [];
    private MlModelSignature? _signature;
    private RowReader? _reader;

    /// <summary>A row: an object as <c>Import-Csv</c> gives it, or a hashtable.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Model whose signature is used: an object, or a reference in any form that <c>New-MlDeployment</c> takes.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByModel)]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Endpoint whose signature is used, by name or object. All its live deployments must agree.</summary>
    [Parameter(ParameterSetName = ByEndpoint)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Deployment whose signature is used: an object, or a name beside <c>-Endpoint</c>.</summary>
    [Parameter(ParameterSetName = ByEndpoint)]
    [AllowNull]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference? Deployment { get; set; }

    /// <summary>Columns with their types: <c>@{ age = 'long'; thal = 'string' }</c>. Types are boolean, integer, long, float, double, string, binary, datetime and nested (lists, objects, maps).</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByColumnType)]
    public IDictionary? ColumnType { get; set; }

    /// <summary>Folder of an MLflow model on this machine, the one that holds <c>MLmodel</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPath)]
    [SupportsWildcards]
    public string Path { get; set; } = string.Empty;

    /// <summary>The same without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>
    /// Inference parameters of the model, sent as <c>params</c>: <c>@{ threshold = 0.7 }</c>. Names and types must be those of the signature; a parameter that is left
    /// out has the model's default.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Parameter { get; set; }

    /// <summary>Makes columns that the model does not know an error.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_reader is null)
        {
            Open();
        }

        long index = _rows.Count;
        object?[] values = [];
        if (InputObject is not null && RowInput.Problem(InputObject, "ConvertTo-MlModelRequest") is { } mistake)
        {
            Report(mistake);
            return;
        }

        string? problem = InputObject is null ? $"row {index + 1} (index {index}) is null" : _reader!.Read(index, InputObject, out values);
        if (problem is not null)
        {
            // One request holds all rows, so one bad row spoils it.
            End(new MlValidationException(MlErrorIds.RowInvalid, problem + ".", MlErrorCategory.InvalidData) { Target = InputObject });
        }

        _rows.Add(new MlRow(index, InputObject, values));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        try
        {
            WriteObject(Engine.Requests.Build(_signature!, _rows, InferenceParameters.Of(Parameter)));
        }
        catch (MlException e)
        {
            Report(e);
        }
    }

    private void Open()
    {
        try
        {
            string? folder = ParameterSetName switch
            {
                ByPath => FileSystemPath.ResolveOne(this, Path),
                ByLiteralPath => FileSystemPath.ResolveLiteral(this, LiteralPath),
                _ => null,
            };
            RunOrEnd(async cancellationToken => _signature = await FindAsync(folder, cancellationToken).ConfigureAwait(false));
        }
        catch (MlException e)
        {
            End(e);
        }

        _reader = new RowReader(_signature!, Strict);
    }

    private async Task<MlModelSignature> FindAsync(string? folder, CancellationToken cancellationToken)
    {
        switch (ParameterSetName)
        {
            case ByColumnType:
                return SignatureOfColumnTypes(ColumnType!, Parameter);

            case ByPath or ByLiteralPath:
                return SignatureOfFolder(folder!);

            case ByEndpoint:
                if (MyInvocation.BoundParameters.ContainsKey(nameof(Endpoint)))
                {
                    _ = Required(Endpoint, nameof(Endpoint));
                }

                if (MyInvocation.BoundParameters.ContainsKey(nameof(Deployment)))
                {
                    _ = Required(Deployment, nameof(Deployment));
                }

                return await SignatureOfTargetAsync(Endpoint, Deployment, cancellationToken).ConfigureAwait(false);

            default:
                return await SignatureOfModelAsync(Required(Model, nameof(Model)), cancellationToken).ConfigureAwait(false);
        }
    }
}
