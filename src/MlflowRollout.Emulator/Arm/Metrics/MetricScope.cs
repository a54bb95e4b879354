using System.Globalization;
using MlflowRollout.Emulator.Metrics;

namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>What is measured on one type of resource, and what the service measures there and the emulator does not.</summary>
internal sealed class MetricScope
{
    private const string Deployment = "deployment";

    private static readonly string[] NoDeploymentMetrics =
    [
        "CpuUtilizationPercentage", "CpuMemoryUtilizationPercentage", "DiskUtilization", "GpuUtilizationPercentage", "GpuMemoryUtilizationPercentage",
        "GpuEnergyJoules", "DeploymentCapacity", "DataCollectionErrorsPerMinute", "DataCollectionEventsPerMinute",
    ];

    private static readonly string[] NoEndpointMetrics =
        ["ConnectionsActive", "NewConnectionsPerSecond", "NetworkBytes", "DataCollectionErrorsPerMinute", "DataCollectionEventsPerMinute"];

    private MetricScope(string resourceType, IReadOnlyList<MetricDefinition> definitions, IReadOnlyList<string> notServed)
    {
        ResourceType = resourceType;
        Definitions = definitions;
        NotServed = notServed;
    }

    public static MetricScope OfEndpoints { get; } = new(
        "workspaces/onlineEndpoints",
        [
            new(
                "RequestsPerMinute", "Requests Per Minute", "The number of requests sent to online endpoint within a minute", "Count",
                [Deployment, "statusCode", "statusCodeClass", "modelStatusCode"], MetricCombination.SumOfMinute, Requests),
            Latency("RequestLatency", "Request Latency", "The complete interval of time taken for a request to be responded in milliseconds", AverageLatency),
            Latency("RequestLatency_P50", "Request Latency P50", "The average P50 request latency aggregated by all request latency values collected over the selected time period", minute => Percentile(minute, minute.Latency.P50)),
            Latency("RequestLatency_P90", "Request Latency P90", "The average P90 request latency aggregated by all request latency values collected over the selected time period", minute => Percentile(minute, minute.Latency.P90)),
            Latency("RequestLatency_P95", "Request Latency P95", "The average P95 request latency aggregated by all request latency values collected over the selected time period", minute => Percentile(minute, minute.Latency.P95)),
            Latency("RequestLatency_P99", "Request Latency P99", "The average P99 request latency aggregated by all request latency values collected over the selected time period", minute => Percentile(minute, minute.Latency.P99)),
        ],
        NoEndpointMetrics);

    public static MetricScope OfDeployments { get; } = new("workspaces/onlineEndpoints/deployments", [], NoDeploymentMetrics);

    /// <summary>Without the provider.</summary>
    public string ResourceType { get; }

    public string Namespace => $"Microsoft.MachineLearningServices/{ResourceType}";

    public IReadOnlyList<MetricDefinition> Definitions { get; }

    public IReadOnlyList<string> NotServed { get; }

    /// <exception cref="ArmException">The metric is unknown, or the emulator does not measure it.</exception>
    public MetricDefinition Find(string name)
    {
        if (Definitions.FirstOrDefault(metric => metric.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return found;
        }

        throw NotServed.FirstOrDefault(metric => metric.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } absent
            ? ArmErrors.NotSupported($"The metric {absent} of {ResourceType}", "It measures the requests of an endpoint alone: see metricDefinitions.")
            : MetricErrors.UnknownMetric(this, name);
    }

    private static MetricDefinition Latency(string name, string localized, string description, Func<MetricMinute, IEnumerable<MetricSample>> samples) =>
        new(name, localized, description, "MilliSeconds", [Deployment], MetricCombination.WeightedMean, samples);

    private static IEnumerable<MetricSample> Requests(MetricMinute minute) => minute.Counts.Select(count => new MetricSample(
        minute.Start,
        [
            minute.DeploymentName,
            count.Status.ToString(CultureInfo.InvariantCulture),
            count.StatusClass,
            count.ModelStatus.ToString(CultureInfo.InvariantCulture),
        ],
        count.Count,
        1));

    private static IEnumerable<MetricSample> AverageLatency(MetricMinute minute) =>
        [new(minute.Start, [minute.DeploymentName], minute.Latency.Average, minute.Latency.Count)];

    /// <summary>The service takes the percentile of each minute and averages those: minutes weigh alike.</summary>
    private static IEnumerable<MetricSample> Percentile(MetricMinute minute, double value) => [new(minute.Start, [minute.DeploymentName], value, 1)];
}
