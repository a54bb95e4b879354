using System.Collections.Concurrent;

namespace MlflowRollout.Emulator.Metrics;

/// <summary>All counters of the data plane.</summary>
internal sealed class MetricsStore : IMetricsReader
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, DeploymentMetrics>> _endpoints = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The counters of a deployment; an empty name counts requests that reached none.</summary>
    public DeploymentMetrics Of(string endpointName, string deploymentName)
        => _endpoints
            .GetOrAdd(endpointName, static _ => new ConcurrentDictionary<string, DeploymentMetrics>(StringComparer.OrdinalIgnoreCase))
            .GetOrAdd(deploymentName, static name => new DeploymentMetrics(name));

    public IReadOnlyList<MetricMinute> Read(string endpointName, DateTimeOffset from, DateTimeOffset to)
        => _endpoints.TryGetValue(endpointName, out var deployments)
            ? [.. deployments.Values.OrderBy(d => d.DeploymentName, StringComparer.OrdinalIgnoreCase).SelectMany(d => d.Read(from, to))]
            : [];

    public void Forget(string endpointName) => _endpoints.TryRemove(endpointName, out _);
}
