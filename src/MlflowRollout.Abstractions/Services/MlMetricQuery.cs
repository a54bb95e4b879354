namespace MlflowRollout.Services;

/// <summary>Which figures of an endpoint are wanted.</summary>
public sealed class MlMetricQuery
{
    /// <summary>Endpoint.</summary>
    public required string EndpointName { get; init; }

    /// <summary>Deployments; empty for all.</summary>
    public IReadOnlyList<string> DeploymentNames { get; init; } = [];

    /// <summary>Metrics by the service's names; empty for requests, mean latency and its 95th percentile.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>What to split by; empty for deployments.</summary>
    public IReadOnlyList<MlMetricDimension> By { get; init; } = [];

    /// <summary>Start of the span; null for <see cref="Last"/> before its end.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>End of the span; null for now.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Length of the span where no start is given; null for 30 minutes.</summary>
    public TimeSpan? Last { get; init; }

    /// <summary>Length of the intervals; null for a minute.</summary>
    public TimeSpan? Interval { get; init; }
}
