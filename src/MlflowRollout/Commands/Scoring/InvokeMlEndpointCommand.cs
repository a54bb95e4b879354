using System.Collections;
using System.Management.Automation;
using System.Security;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>
/// Asks an endpoint, or one deployment of it, for predictions. Rows from the pipeline are sent in batches, several at a time, and come back in order, one
/// result for each; a request in a file or text is sent once, as it is.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "MlEndpoint", DefaultParameterSetName = Rows)]
[OutputType(typeof(MlPrediction))]
public sealed partial class InvokeMlEndpointCommand : MlSignatureCmdletBase
{
    private const string Rows = nameof(Rows);
    private const string RowsByUri = nameof(RowsByUri);
    private const string FromTable = nameof(FromTable);
    private const string FromTableByUri = nameof(FromTableByUri);
    private const string FromFile = nameof(FromFile);
    private const string FromFileByUri = nameof(FromFileByUri);
    private const string FromBody = nameof(FromBody);
    private const string FromBodyByUri = nameof(FromBodyByUri);

    /// <summary>
    /// A row: an object as <c>Import-Csv</c> gives it, or a hashtable. Values are converted by the model's signature; columns that the model does not know are
    /// kept in the result and not sent. A text, or the object of <c>ConvertTo-MlModelRequest</c>, is sent as a whole request.
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = Rows)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = RowsByUri)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Endpoint to ask, by name or object; its weights choose the deployment.</summary>
    // Piped deployments bind to Endpoint and Deployment together, so that both can be typed as well; rows leave both to typing.
    [Parameter(Position = 0, ParameterSetName = Rows)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = FromTable)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = FromFile)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = FromBody)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Deployment to ask, whatever the weights are: an object, or a name beside <c>-Endpoint</c>.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromTable)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromFile)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FromBody)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [Parameter(ParameterSetName = FromFileByUri)]
    [Parameter(ParameterSetName = FromBodyByUri)]
    [AllowNull]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference? Deployment { get; set; }

    /// <summary>Address to send to, for callers that have a key but no right in the workspace.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RowsByUri)]
    [Parameter(Mandatory = true, ParameterSetName = FromTableByUri)]
    [Parameter(Mandatory = true, ParameterSetName = FromFileByUri)]
    [Parameter(Mandatory = true, ParameterSetName = FromBodyByUri)]
    public Uri? ScoringUri { get; set; }

    /// <summary>Key or token for <c>-ScoringUri</c>.</summary>
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [Parameter(ParameterSetName = FromFileByUri)]
    [Parameter(ParameterSetName = FromBodyByUri)]
    public SecureString? Key { get; set; }

    /// <summary>File (PEM) with the only certificate authority to trust for <c>-ScoringUri</c>, such as the one of an emulator.</summary>
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [Parameter(ParameterSetName = FromFileByUri)]
    [Parameter(ParameterSetName = FromBodyByUri)]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>File that holds a request in JSON. It is sent as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromFile)]
    [Parameter(Mandatory = true, ParameterSetName = FromFileByUri)]
    public string RequestFile { get; set; } = string.Empty;

    /// <summary>A request in JSON. It is sent as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromBody)]
    [Parameter(Mandatory = true, ParameterSetName = FromBodyByUri)]
    [AllowEmptyString]
    [AllowNull]
    public string? Body { get; set; }

    /// <summary>Rows as an argument, which leaves the pipeline to endpoints and deployments: objects, hashtables, or a <c>System.Data.DataTable</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromTable)]
    [Parameter(Mandatory = true, ParameterSetName = FromTableByUri)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject?[]? Table { get; set; }

    /// <summary>
    /// Types of the columns, for models whose signature cannot be found: <c>@{ age = 'long'; thal = 'string' }</c>. Types are boolean, integer, long, float, double,
    /// string, binary, datetime and nested (lists, objects, maps). A signature that is found wins.
    /// </summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    public IDictionary? ColumnType { get; set; }

    /// <summary>
    /// Inference parameters of the model, sent as <c>params</c> with every request: <c>@{ threshold = 0.7 }</c>. Names and types must be those of the signature; a
    /// parameter that is left out has the model's default.
    /// </summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [ValidateNotNull]
    public IDictionary? Parameter { get; set; }

    /// <summary>Makes columns that the model does not know an error of the row.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    public SwitchParameter Strict { get; set; }

    /// <summary>Rows in a request. 100 when left out.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [WholeNumberTransformation]
    [ValidateRange(1, 100_000)]
    public int BatchSize { get; set; } = 100;

    /// <summary>How many requests may be under way at once. When left out it adapts: it starts at what the deployment admits, grows, and backs off.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [WholeNumberTransformation]
    [ValidateRange(1, 1_000)]
    public int? ThrottleLimit { get; set; }

    /// <summary>How many requests a second may be sent.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [ValidateRange(0.001, 1_000_000.0)]
    public double? RateLimit { get; set; }

    /// <summary>Gives results as they come instead of in the order of the rows.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    public SwitchParameter Unordered { get; set; }

    /// <summary>Ends the command when more rows than this have failed. Without it all rows are tried.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    [WholeNumberTransformation]
    [ValidateRange(0, int.MaxValue)]
    public int? MaxErrors { get; set; }

    /// <summary>
    /// <c>Prediction</c> gives MlPrediction objects; <c>Row</c> gives each row with the columns Prediction, Deployment, RequestId and Error added, ready for <c>Export-Csv</c>. A
    /// column of the row with such a name is kept as InputPrediction and so on.
    /// </summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromTable)]
    [Parameter(ParameterSetName = FromTableByUri)]
    public PredictionForm As { get; set; }

    /// <summary>Gives the body of the answer as text, as it came. For whole requests.</summary>
    [Parameter(ParameterSetName = Rows)]
    [Parameter(ParameterSetName = RowsByUri)]
    [Parameter(ParameterSetName = FromFile)]
    [Parameter(ParameterSetName = FromFileByUri)]
    [Parameter(ParameterSetName = FromBody)]
    [Parameter(ParameterSetName = FromBodyByUri)]
    public SwitchParameter Raw { get; set; }

    private bool TakesRows => ParameterSetName is Rows or RowsByUri;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _endpointTyped = IsBound(nameof(Endpoint));
        _deploymentTyped = IsBound(nameof(Deployment));
        if (Raw && As == PredictionForm.Row)
        {
            Report(new MlValidationException(MlErrorIds.ParameterConflict, "-Raw and -As Row exclude each other: -Raw gives the body of a whole answer.")
            {
                IsTerminating = true,
                RecommendedAction = "Leave out one of them.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;
        try
        {
            if (_takesRows ??= TakesRows)
            {
                TakeInput();
            }
            else
            {
                AskTarget();
            }
        }
        catch (MlException e)
        {
            Report(e);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            FinishRows();
            if (!_gotInput && !TakesRows && EmptyPipeline.Error(MyInvocation, nameof(Endpoint)) is { } error)
            {
                if (IsWhatIf)
                {
                    SayWhatIf();
                    return;
                }

                Report(error);
            }
        }
        catch (MlException e)
        {
            End(e);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scoring?.Dispose();
            _scoring = null;
        }

        base.Dispose(disposing);
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
