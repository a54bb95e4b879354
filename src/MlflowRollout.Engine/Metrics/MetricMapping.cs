using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Metrics;

/// <summary>Azure Monitor's answers as objects.</summary>
internal static class MetricMapping
{
    /// <summary>The values of an answer. Points that have none are left out: that nothing was measured does not mean zero.</summary>
    public static IEnumerable<MlEndpointMetric> ToModels(JsonObject answer, string endpointName, TimeSpan interval, WorkspaceConnection connection) =>
        from metric in Items(answer, "value")
        from line in Items(metric, "timeseries")
        let dimensions = Dimensions(line)
        from point in Items(line, "data")
        let value = Number(point)
        let time = point.Moment("timeStamp")
        where value is not null && time is not null
        select new MlEndpointMetric
        {
            Time = time.Value,
            Interval = interval,
            EndpointName = endpointName,
            DeploymentName = dimensions.GetValueOrDefault("deployment"),
            StatusCodeClass = dimensions.GetValueOrDefault("statusCodeClass"),
            StatusCode = Status(dimensions, "statusCode"),
            ModelStatusCode = Status(dimensions, "modelStatusCode"),
            Metric = metric.Object("name").Text("value") ?? string.Empty,
            Value = value.Value,
            Unit = metric.Text("unit") ?? string.Empty,
            WorkspaceName = connection.Workspace.Name,
            ConnectionId = connection.Workspace.ConnectionId,
        };

    private static IEnumerable<JsonObject> Items(JsonObject parent, string name) => (parent.Member(name) as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>Names come back in lower case, mostly.</summary>
    private static Dictionary<string, string> Dimensions(JsonObject line)
    {
        Dictionary<string, string> dimensions = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonObject dimension in Items(line, "metadatavalues"))
        {
            dimensions[dimension.Object("name").Text("value") ?? string.Empty] = dimension.Text("value") ?? string.Empty;
        }

        return dimensions;
    }

    private static int? Status(Dictionary<string, string> dimensions, string name) =>
        dimensions.TryGetValue(name, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status > 0 ? status : null;

    private static double? Number(JsonObject point) =>
        point.Text("average") is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
