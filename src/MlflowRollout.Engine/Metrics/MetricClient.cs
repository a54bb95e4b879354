using System.Text.Json.Nodes;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Metrics;

/// <summary>Metrics of one workspace's endpoints, from Azure Monitor.</summary>
internal sealed class MetricClient(WorkspaceConnection connection) : IMlMetricClient
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan[] Intervals =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MlEndpointMetric>> GetAsync(MlMetricQuery query, CancellationToken cancellationToken)
    {
        ResourceNames.Check("endpoint", query.EndpointName);
        TimeSpan interval = query.Interval ?? Intervals[0];
        if (!Intervals.Contains(interval))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"-Interval {interval} is not one that the service has.")
            {
                Target = query.EndpointName,
                RecommendedAction = "Give 1m, 5m, 15m, 30m, 1h, 6h, 12h or '1d'.",
            };
        }

        (DateTimeOffset start, DateTimeOffset end) = SpanOf(query);
        IReadOnlyList<MetricRequest> requests = MetricRequest.Of(query);
        List<MlEndpointMetric> found = [];
        foreach (MetricRequest request in requests)
        {
            JsonObject answer = await AskAsync(query.EndpointName, request.ToQuery(start, end, interval), cancellationToken).ConfigureAwait(false);
            found.AddRange(MetricMapping.ToModels(answer, query.EndpointName, interval, connection));
        }

        await CheckDeploymentsAsync(query, found, cancellationToken).ConfigureAwait(false);
        return
        [
            .. found.OrderBy(metric => metric.Time)
                .ThenBy(metric => metric.DeploymentName, StringComparer.OrdinalIgnoreCase)
                .ThenBy(metric => metric.StatusCodeClass, StringComparer.Ordinal)
                .ThenBy(metric => metric.StatusCode)
                .ThenBy(metric => metric.ModelStatusCode),
        ];
    }

    private (DateTimeOffset Start, DateTimeOffset End) SpanOf(MlMetricQuery query)
    {
        DateTimeOffset end = query.End ?? connection.TimeProvider.GetUtcNow();
        DateTimeOffset start = query.Start ?? end - (query.Last ?? DefaultSpan);
        return start < end
            ? (start, end)
            : throw new MlValidationException(MlErrorIds.ParameterInvalid, $"The span from {start:u} to {end:u} is empty: its start must be before its end.")
            {
                Target = query.EndpointName,
                RecommendedAction = "Give an earlier -StartTime, a later -EndTime, or -Last with a time above zero.",
            };
    }

    private async Task<JsonObject> AskAsync(string endpointName, string query, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(endpointName).GetMetricsAsync(query, cancellationToken).ConfigureAwait(false);
        }
        catch (MlServiceException exception) when (exception.StatusCode == 404)
        {
            // Says that the endpoint is absent, with the near match.
            await connection.ReadEndpointAsync(endpointName, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (MlServiceException exception) when (exception.StatusCode == 403)
        {
            throw new MlServiceException(MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied, exception.Message, exception)
            {
                StatusCode = exception.StatusCode,
                ServiceErrorCode = exception.ServiceErrorCode,
                CorrelationId = exception.CorrelationId,
                RawBody = exception.RawBody,
                Target = endpointName,
                RecommendedAction = "Ask for the role Monitoring Reader on the workspace or its resource group; it has the action Microsoft.Insights/metrics/read. Roles of Azure Machine Learning alone do not.",
            };
        }
    }

    /// <summary>A deployment without figures may be new, or a name that is wrong.</summary>
    private async Task CheckDeploymentsAsync(MlMetricQuery query, List<MlEndpointMetric> found, CancellationToken cancellationToken)
    {
        foreach (string name in query.DeploymentNames)
        {
            if (!found.Any(metric => name.Equals(metric.DeploymentName, StringComparison.OrdinalIgnoreCase)))
            {
                await connection.ReadDeploymentAsync(query.EndpointName, name, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
