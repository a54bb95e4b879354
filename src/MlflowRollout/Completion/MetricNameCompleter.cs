using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlflowRollout.Completion;

/// <summary>Completes names of metrics of endpoints.</summary>
public sealed class MetricNameCompleter : IArgumentCompleter
{
    private static readonly (string Name, string Tooltip)[] Values =
    [
        (MlMetricName.RequestsPerMinute, "Requests in a minute, by deployment and status"),
        (MlMetricName.RequestLatency, "Mean latency in milliseconds, by deployment"),
        (MlMetricName.RequestLatencyP50, "Median latency of the minutes in milliseconds, by deployment"),
        (MlMetricName.RequestLatencyP90, "90th percentile of the latency of the minutes in milliseconds, by deployment"),
        (MlMetricName.RequestLatencyP95, "95th percentile of the latency of the minutes in milliseconds, by deployment"),
        (MlMetricName.RequestLatencyP99, "99th percentile of the latency of the minutes in milliseconds, by deployment"),
        (MlMetricName.ConnectionsActive, "Open connections of clients, of the endpoint as a whole"),
        (MlMetricName.NewConnectionsPerSecond, "Connections that clients opened in a second, of the endpoint as a whole"),
        (MlMetricName.NetworkBytes, "Bytes in a second, of the endpoint as a whole"),
        (MlMetricName.DataCollectionErrorsPerMinute, "Data collection events that failed in a minute, by deployment"),
        (MlMetricName.DataCollectionEventsPerMinute, "Data collection events in a minute, by deployment"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Matching(Values, wordToComplete);
}
