using System.Globalization;
using System.Xml;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Metrics;

/// <summary>One call for metrics: those that are split alike.</summary>
/// <param name="Metrics">Names.</param>
/// <param name="Filter">The filter, which also says what is split; null for none.</param>
internal sealed record MetricRequest(IReadOnlyList<string> Metrics, string? Filter)
{
    /// <summary>The service gives ten lines unless more are asked for; twenty deployments with some statuses each are more.</summary>
    private const int MostLines = 1000;

    private static readonly string[] Defaults = [MlMetricName.RequestsPerMinute, MlMetricName.RequestLatency, MlMetricName.RequestLatencyP95];

    private static readonly MlMetricDimension[] AllDimensions =
        [MlMetricDimension.Deployment, MlMetricDimension.StatusCodeClass, MlMetricDimension.StatusCode, MlMetricDimension.ModelStatusCode];

    private static readonly string[] Whole = [MlMetricName.ConnectionsActive, MlMetricName.NewConnectionsPerSecond, MlMetricName.NetworkBytes];

    /// <summary>The calls that answer a query.</summary>
    /// <exception cref="MlValidationException">A metric cannot be split as asked.</exception>
    public static IReadOnlyList<MetricRequest> Of(MlMetricQuery query)
    {
        MlMetricDimension[] by = [.. query.By.Where(dimension => dimension != MlMetricDimension.Endpoint).Distinct()];
        if (by.Length > 0 && query.By.Contains(MlMetricDimension.Endpoint))
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, "-By Endpoint means that nothing is split, so nothing else can be given with it.")
            {
                Target = query.EndpointName,
                RecommendedAction = "Give -By Endpoint alone, or leave it out.",
            };
        }

        IReadOnlyList<string> names = query.Metrics.Count > 0 ? query.Metrics
            : by.Any(dimension => dimension != MlMetricDimension.Deployment) ? [MlMetricName.RequestsPerMinute]
            : Defaults;
        return
        [
            .. names.Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(name => (Name: name, Filter: FilterOf(name, query, by)))
                .GroupBy(metric => metric.Filter)
                .Select(group => new MetricRequest([.. group.Select(metric => metric.Name)], group.Key)),
        ];
    }

    /// <summary>The query string after the api-version.</summary>
    public string ToQuery(DateTimeOffset start, DateTimeOffset end, TimeSpan interval)
    {
        List<(string Name, string Value)> parts =
        [
            ("timespan", $"{Write(start)}/{Write(end)}"),
            ("interval", XmlConvert.ToString(interval)),
            ("metricnames", string.Join(',', Metrics)),
            ("aggregation", "Average"),
        ];
        if (Filter is not null)
        {
            parts.Add(("$filter", Filter));
            parts.Add(("top", MostLines.ToString(CultureInfo.InvariantCulture)));
        }

        return string.Join('&', parts.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));
    }

    private static string? FilterOf(string metric, MlMetricQuery query, MlMetricDimension[] by)
    {
        MlMetricDimension[] supported = Supported(metric);
        List<MlMetricDimension> split = [.. by];
        if (query.By.Count == 0 && supported.Contains(MlMetricDimension.Deployment))
        {
            split.Add(MlMetricDimension.Deployment);
        }

        foreach (MlMetricDimension dimension in query.DeploymentNames.Count > 0 ? [.. split, MlMetricDimension.Deployment] : split)
        {
            if (!supported.Contains(dimension))
            {
                throw new MlValidationException(
                    MlErrorIds.ParameterConflict,
                    $"The metric {metric} cannot be told apart by {dimension}. {(supported.Length == 0 ? "It is of the endpoint as a whole." : $"It can by {string.Join(", ", supported)}.")}")
                {
                    Target = metric,
                    RecommendedAction = "Ask for it in a call of its own.",
                };
            }
        }

        List<string> conditions = [];
        if (query.DeploymentNames.Count > 0)
        {
            conditions.Add(string.Join(" or ", query.DeploymentNames.Select(name => $"deployment eq '{name.Replace("'", "''", StringComparison.Ordinal)}'")));
        }

        conditions.AddRange(AllDimensions
            .Where(dimension => split.Contains(dimension) && (dimension != MlMetricDimension.Deployment || query.DeploymentNames.Count == 0))
            .Select(dimension => $"{NameOf(dimension)} eq '*'"));
        return conditions.Count > 0 ? string.Join(" and ", conditions) : null;
    }

    /// <summary>What a metric can be split by; the service knows better of metrics that this version does not know.</summary>
    private static MlMetricDimension[] Supported(string metric)
    {
        if (metric.Equals(MlMetricName.RequestsPerMinute, StringComparison.OrdinalIgnoreCase))
        {
            return AllDimensions;
        }

        if (Whole.Contains(metric, StringComparer.OrdinalIgnoreCase))
        {
            return [];
        }

        return MlMetricName.All.Contains(metric, StringComparer.OrdinalIgnoreCase) ? [MlMetricDimension.Deployment] : AllDimensions;
    }

    private static string NameOf(MlMetricDimension dimension) => dimension switch
    {
        MlMetricDimension.StatusCodeClass => "statusCodeClass",
        MlMetricDimension.StatusCode => "statusCode",
        MlMetricDimension.ModelStatusCode => "modelStatusCode",
        _ => "deployment",
    };

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
