using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Gets what Azure Monitor measured of an endpoint: requests and latencies by minute, deployment and status. Times without a value give no object. A piped
/// deployment gives its own figures.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MlEndpointMetric", DefaultParameterSetName = ByLength)]
[OutputType(typeof(MlEndpointMetric))]
public sealed class GetMlEndpointMetricCommand : MlConnectedCmdletBase
{
    private const string ByLength = nameof(ByLength);
    private const string ByTime = nameof(ByTime);

    private bool _endpointTyped;

    /// <summary>Endpoint, by name or object; or a deployment object.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Names of metrics. Requests, mean latency and its 95th percentile when left out; requests alone when split by a status.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MetricNameCompleter))]
    public string[]? Metric { get; set; }

    /// <summary>Deployments, by name or object. All when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference[]? Deployment { get; set; }

    /// <summary>What to split by. By deployment when left out; Endpoint splits nothing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MlMetricDimension[]? By { get; set; }

    /// <summary>Length of the time up to now, 30 minutes when left out.</summary>
    [Parameter(ParameterSetName = ByLength)]
    [DurationTransformation]
    public TimeSpan? Last { get; set; }

    /// <summary>Start of the time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTime)]
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>End of the time; now when left out.</summary>
    [Parameter(ParameterSetName = ByTime)]
    public DateTimeOffset? EndTime { get; set; }

    /// <summary>Length of the intervals, a minute when left out: 1m, 5m, 15m, 30m, 1h, 6h, 12h or '1d'.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Interval { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _endpointTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Endpoint));
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference endpoint = Required(Endpoint, nameof(Endpoint));
        List<string> deployments = [];
        List<ObjectOrigin?> origins = [endpoint.Origin];
        foreach (DeploymentReference deployment in Deployment ?? [])
        {
            EndpointTarget target = EndpointTarget.From(endpoint, Required(deployment, nameof(Deployment)));
            deployments.Add(target.DeploymentName!);
            origins.Add(deployment.Origin);
        }

        if (Deployment is null && !_endpointTyped && endpoint.DeploymentName is { } piped)
        {
            deployments.Add(piped);
        }

        MlMetricQuery query = new()
        {
            EndpointName = endpoint.Name,
            DeploymentNames = deployments,
            Metrics = Metric ?? [],
            By = By ?? [],
            Start = StartTime,
            End = EndTime,
            Last = Last,
            Interval = Interval,
        };
        IReadOnlyList<MlEndpointMetric> metrics = await Resolve(isChange: false, [.. origins]).Metrics.GetAsync(query, cancellationToken).ConfigureAwait(false);
        await InvokeAsync(() =>
        {
            foreach (MlEndpointMetric metric in metrics)
            {
                WriteObject(metric);
            }
        }).ConfigureAwait(false);
    }
}
