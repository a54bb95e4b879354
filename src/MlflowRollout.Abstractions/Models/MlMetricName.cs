namespace MlflowRollout;

/// <summary>Names of the metrics of endpoints, as Azure Monitor spells them.</summary>
public static class MlMetricName
{
    /// <summary>Requests in a minute.</summary>
    public const string RequestsPerMinute = nameof(RequestsPerMinute);

    /// <summary>Mean latency, in milliseconds.</summary>
    public const string RequestLatency = nameof(RequestLatency);

    /// <summary>Median latency of the minutes, in milliseconds.</summary>
    public const string RequestLatencyP50 = "RequestLatency_P50";

    /// <summary>90th percentile of the latency of the minutes, in milliseconds.</summary>
    public const string RequestLatencyP90 = "RequestLatency_P90";

    /// <summary>95th percentile of the latency of the minutes, in milliseconds.</summary>
    public const string RequestLatencyP95 = "RequestLatency_P95";

    /// <summary>99th percentile of the latency of the minutes, in milliseconds.</summary>
    public const string RequestLatencyP99 = "RequestLatency_P99";

    /// <summary>Open connections of clients.</summary>
    public const string ConnectionsActive = nameof(ConnectionsActive);

    /// <summary>Connections that clients opened in a second.</summary>
    public const string NewConnectionsPerSecond = nameof(NewConnectionsPerSecond);

    /// <summary>Bytes in a second.</summary>
    public const string NetworkBytes = nameof(NetworkBytes);

    /// <summary>Data collection events that failed, in a minute.</summary>
    public const string DataCollectionErrorsPerMinute = nameof(DataCollectionErrorsPerMinute);

    /// <summary>Data collection events, in a minute.</summary>
    public const string DataCollectionEventsPerMinute = nameof(DataCollectionEventsPerMinute);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RequestsPerMinute, RequestLatency, RequestLatencyP50, RequestLatencyP90, RequestLatencyP95, RequestLatencyP99, ConnectionsActive, NewConnectionsPerSecond,
        NetworkBytes, DataCollectionErrorsPerMinute, DataCollectionEventsPerMinute,
    ];
}
