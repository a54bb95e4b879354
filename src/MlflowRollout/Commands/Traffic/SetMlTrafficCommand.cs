using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Moves traffic between the deployments of an endpoint, and copies some to a deployment on trial (mirroring). Weights are whole percents. Both maps and all
/// that else is set on the endpoint stay as they are unless named, and the result is read back.
/// </summary>
[Cmdlet(VerbsCommon.Set, "MlTraffic", SupportsShouldProcess = true, DefaultParameterSetName = Restore)]
[OutputType(typeof(MlTraffic))]
public sealed class SetMlTrafficCommand : MlConnectedCmdletBase
{
    // Restore is the default set, so that a piped MlTraffic goes there before it is taken for the name of an endpoint.
    private const string Restore = nameof(Restore);
    private const string ByWeights = nameof(ByWeights);
    private const string ByDeployment = nameof(ByDeployment);
    private const string ByFile = nameof(ByFile);

    private bool _gotInput;
    private bool _endpointTyped;
    private bool _deploymentTyped;

    /// <summary>
    /// Live weights: a hashtable (<c>@{ blue = 90; green = 10 }</c>), text as the Azure CLI takes it (<c>'blue=90 green=10'</c>), or the object of <c>Get-MlTraffic</c>. They add up
    /// to 100; deployments that are not named get 0.
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = ByWeights)]
    [Parameter(Position = 0, ParameterSetName = ByFile)]
    [AllowNull]
    [ArgumentCompleter(typeof(TrafficMapCompleter))]
    public TrafficArgument? Traffic { get; set; }

    /// <summary>
    /// Mirrored weight in the same form: at most one deployment, at most 50 percent, and none that has live traffic. An empty text or hashtable turns mirroring
    /// off.
    /// </summary>
    [Parameter(ParameterSetName = ByWeights)]
    [Parameter(ParameterSetName = ByDeployment)]
    [Parameter(ParameterSetName = ByFile)]
    [AllowNull]
    public TrafficArgument? MirrorTraffic { get; set; }

    /// <summary>
    /// File with the weights: a configuration of MLflow's Azure ML plugin (<c>{"traffic": {"blue": 90, "green": 10}}</c>), or an endpoint's definition as the Azure CLI takes it, of which only the name, the live
    /// and the mirrored weights are used. -Traffic, -MirrorTraffic and -Endpoint win over it.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ByFile)]
    [ValidateNotNullOrEmpty]
    public string? DefinitionFile { get; set; }

    /// <summary>Endpoint, by name or object. It may be left out where -DefinitionFile has its name.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByWeights)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByDeployment)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByFile)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Deployment whose live weight is set; the others share the rest in the proportion they have now.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByDeployment)]
    [AllowNull]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference? Deployment { get; set; }

    /// <summary>Live weight of the deployment in percent: a whole number from 0 to 100.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByDeployment)]
    [WholeNumberTransformation]
    public int Weight { get; set; }

    /// <summary>A saved state from <c>Get-MlTraffic</c>: both maps are set to what they were.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Restore)]
    [AllowNull]
    public TrafficSnapshot? InputObject { get; set; }

    /// <summary>The live weights that you believe are set. When they are not, somebody else changed them, and nothing is done.</summary>
    [Parameter]
    [AllowNull]
    [ArgumentCompleter(typeof(TrafficMapCompleter))]
    public TrafficArgument? Expected { get; set; }

    /// <summary>How long to wait at most, one hour by default: <c>30s</c>, <c>'30m'</c>, or a number of seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Asks no question. Rules are kept all the same.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the weights that were read back.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override (string Target, string Action)? WhatIfWithoutInput => WhatIfText();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _endpointTyped = IsBound(nameof(Endpoint));
        _deploymentTyped = IsBound(nameof(Deployment));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;
        (string target, string action) = WhatIfText();
        if ((DefinitionFile is null || IsBound(nameof(Endpoint))) && SaysWhatIf((object?)InputObject ?? (object?)Deployment ?? Endpoint, target, action))
        {
            return;
        }

        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlEndpointDefinition? definition = await ReadDefinitionAsync(
            DefinitionFile,
            (reader, path) => reader.ReadTraffic(path, ReplacedKeys((nameof(Endpoint), "name"), (nameof(Traffic), "traffic"), (nameof(MirrorTraffic), "mirror_traffic"))),
            read => read.Notes).ConfigureAwait(false);
        (EndpointTarget target, MlTrafficMap? traffic, MlTrafficMap? mirror) = ReadParameters(definition);
        MlTraffic? result = await Resolve(isChange: true, target.Origins).Traffic.SetAsync(
            new MlTrafficChange
            {
                EndpointName = target.EndpointName,
                Traffic = traffic,
                MirrorTraffic = mirror,
                DeploymentName = target.DeploymentName,
                Weight = ParameterSetName == ByDeployment ? Weight : null,
                Expected = IsBound(nameof(Expected)) ? Required(Expected, nameof(Expected)).ToMap() : null,
                Timeout = Timeout,
            },
            Context,
            cancellationToken).ConfigureAwait(false);
        if (result is not null && PassThru)
        {
            await WriteObjectAsync(result).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!_gotInput && !IsWhatIf && EmptyPipeline.Error(MyInvocation, ParameterSetName is ByWeights or ByFile ? nameof(Endpoint) : nameof(Deployment)) is { } error)
        {
            Report(error);
            return;
        }

        base.EndProcessing();
    }

    private (EndpointTarget Target, MlTrafficMap? Traffic, MlTrafficMap? Mirror) ReadParameters(MlEndpointDefinition? definition)
    {
        switch (ParameterSetName)
        {
            case Restore:
                TrafficSnapshot snapshot = Required(InputObject, nameof(InputObject));
                return (new EndpointTarget(snapshot.Saved.EndpointName, null, [snapshot.Origin]), snapshot.Saved.Traffic, snapshot.Saved.MirrorTraffic);

            case ByDeployment:
                if (_deploymentTyped || (Deployment is null && Endpoint is null))
                {
                    _ = Required(Deployment, nameof(Deployment));
                }

                if (_endpointTyped)
                {
                    _ = Required(Endpoint, nameof(Endpoint));
                }

                // Piped text binds to both parameters; alone it names an endpoint, as everywhere.
                if (Deployment is null || (!_deploymentTyped && !_endpointTyped && Deployment.EndpointName is null))
                {
                    throw new MlValidationException(MlErrorIds.ParameterInvalid, $"-Weight is the weight of a deployment, and '{Endpoint?.Name}' names an endpoint only.")
                    {
                        RecommendedAction = "Pipe a deployment object, or name the deployment with -Deployment.",
                    };
                }

                return (EndpointTarget.From(Endpoint, Deployment), null, Map(MirrorTraffic, nameof(MirrorTraffic)));

            default:
                EndpointReference endpoint = IsBound(nameof(Endpoint))
                    ? Required(Endpoint, nameof(Endpoint))
                    : new EndpointReference(definition?.Name ?? throw Missing("which endpoint is meant", nameof(Endpoint), "name", definition?.Path));
                MlTrafficMap? traffic = Map(Traffic, nameof(Traffic)) ?? definition?.Traffic;
                MlTrafficMap? mirror = Map(MirrorTraffic, nameof(MirrorTraffic)) ?? definition?.MirrorTraffic;
                return traffic is null && mirror is null
                    ? throw new MlValidationException(MlErrorIds.ParameterInvalid, $"Nothing says what the traffic of endpoint '{endpoint.Name}' shall be.")
                    {
                        RecommendedAction = "Give -Traffic, as in Set-MlTraffic @{ blue = 90; green = 10 }, or -MirrorTraffic, or -DefinitionFile, or a deployment with -Weight.",
                    }
                    : (EndpointTarget.From(endpoint, deployment: null), traffic, mirror);
        }
    }

    private MlTrafficMap? Map(TrafficArgument? argument, string parameter) => IsBound(parameter) ? Required(argument, parameter).ToMap() : null;

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private (string Target, string Action) WhatIfText() => ParameterSetName switch
    {
        Restore => ("the endpoint whose traffic was saved", "Set traffic"),
        ByDeployment => ($"deployment '{Deployment?.Name ?? "(not made yet)"}' of endpoint '{Endpoint?.Name ?? Deployment?.EndpointName ?? "(not made yet)"}'", $"Set traffic weight {Weight}"),
        _ => ($"endpoint '{Endpoint?.Name ?? "(not made yet)"}'", $"Set traffic {Traffic?.ToString() ?? $"of {DefinitionFile}"}"),
    };
}
