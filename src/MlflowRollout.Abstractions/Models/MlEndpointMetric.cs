using System.Globalization;

namespace MlflowRollout;

/// <summary>One value of one metric: a time, and what it is split by. Times without a value have no object; they do not mean zero.</summary>
public sealed class MlEndpointMetric
{
    /// <summary>Start of the interval.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>Length of the interval.</summary>
    public TimeSpan Interval { get; set; }

    /// <summary>Endpoint.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>Deployment; empty for requests that reached none, null when not split by deployment.</summary>
    public string? DeploymentName { get; set; }

    /// <summary>Class of the status that the client saw, such as <c>2xx</c>; null when not split by it.</summary>
    public string? StatusCodeClass { get; set; }

    /// <summary>The status that the client saw; null when not split by it.</summary>
    public int? StatusCode { get; set; }

    /// <summary>The status of the model's container; null when not split by it, or when it did not answer.</summary>
    public int? ModelStatusCode { get; set; }

    /// <summary>Metric, such as <c>RequestsPerMinute</c>.</summary>
    public string Metric { get; set; } = string.Empty;

    /// <summary>The mean over the interval.</summary>
    public double Value { get; set; }

    /// <summary>Unit of the value in the service's word, such as <c>Count</c> or <c>MilliSeconds</c>.</summary>
    public string Unit { get; set; } = string.Empty;

    /// <summary>Workspace.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>The connection it came through.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>Metric and value.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Metric}={Value:0.###}");
}
