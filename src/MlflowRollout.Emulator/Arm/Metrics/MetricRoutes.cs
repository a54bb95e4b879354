using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using MlflowRollout.Emulator.Arm.Deployments;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>Azure Monitor's metrics of endpoints and deployments.</summary>
internal sealed class MetricRoutes(EmulatorContext context, IMetricsReader metrics, MetricDelay delay)
{
    private const string Insights = "/providers/Microsoft.Insights";
    private const string DefaultVersion = "2018-01-01";

    /// <summary>The provider's versions: it refuses any other, also those that the workspace's provider takes.</summary>
    private static readonly string[] Versions = ["2017-05-01-preview", DefaultVersion, "2019-07-01", "2021-05-01", "2023-10-01", "2024-02-01"];

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Endpoint + Insights + "/metrics", ListOfEndpoint),
        new("GET", ArmPaths.Endpoint + Insights + "/metricDefinitions", request => Define(request, MetricScope.OfEndpoints, EndpointId(request))),
        new("GET", ArmPaths.Deployment + Insights + "/metrics", ListOfDeployment),
        new("GET", ArmPaths.Deployment + Insights + "/metricDefinitions", request => Define(request, MetricScope.OfDeployments, DeploymentId(request))),
    ];

    private Task<ArmReply> ListOfEndpoint(ArmRequest request)
    {
        CheckVersion(request);
        ResourceRecord endpoint = EndpointLookup.Require(context, request);
        MetricQuery query = MetricQuery.Parse(request, MetricScope.OfEndpoints, context.Now);
        return Task.FromResult(ArmReply.Ok(Answer(
            query,
            MetricScope.OfEndpoints,
            EndpointView.Id(context, endpoint.Name),
            metrics.Read(endpoint.Name, query.Start, delay.VisibleUntil(query.End, context.Now)))));
    }

    private Task<ArmReply> ListOfDeployment(ArmRequest request)
    {
        CheckVersion(request);
        string id = DeploymentId(request);
        MetricQuery query = MetricQuery.Parse(request, MetricScope.OfDeployments, context.Now);
        return Task.FromResult(ArmReply.Ok(Answer(query, MetricScope.OfDeployments, id, [])));
    }

    private string EndpointId(ArmRequest request) => EndpointView.Id(context, EndpointLookup.Require(context, request).Name);

    private string DeploymentId(ArmRequest request)
    {
        (ResourceRecord endpoint, ResourceRecord deployment) = DeploymentLookup.Require(context, request);
        return DeploymentView.Id(context, endpoint.Name, deployment.Name);
    }

    private static void CheckVersion(ArmRequest request)
    {
        if (!Versions.Contains(request.ApiVersion, StringComparer.OrdinalIgnoreCase))
        {
            throw MetricErrors.UnknownVersion(request.ApiVersion, Versions);
        }
    }

    private JsonObject Answer(MetricQuery query, MetricScope scope, string resource, IReadOnlyList<MetricMinute> minutes)
    {
        int cost = 0;
        JsonArray value = [];
        foreach (MetricDefinition metric in query.Metrics)
        {
            IReadOnlyList<MetricSeries> series = MetricSeries.Of(metric, query, minutes.SelectMany(metric.Samples));
            cost += series.Sum(line => line.Points.Count);
            value.Add(new JsonObject
            {
                ["id"] = $"{resource}/providers/Microsoft.Insights/metrics/{metric.Name}",
                ["type"] = "Microsoft.Insights/metrics",
                ["name"] = new JsonObject { ["value"] = metric.Name, ["localizedValue"] = metric.LocalizedName },
                ["displayDescription"] = metric.Description,
                ["unit"] = metric.Unit,
                ["timeseries"] = new JsonArray([.. series.Select(line => (JsonNode)Render(line))]),
                ["errorCode"] = "Success",
                ["errorMessage"] = null,
            });
        }

        return new JsonObject
        {
            ["cost"] = cost,
            ["timespan"] = $"{Write(query.Start)}/{Write(query.End)}",
            ["interval"] = query.Interval is { } interval ? XmlConvert.ToString(interval) : "FULL",
            ["value"] = value,
            ["namespace"] = scope.Namespace,
            ["resourceregion"] = context.Identity.Location,
        };
    }

    private static JsonObject Render(MetricSeries line) => new()
    {
        // The names come back in lower case.
        ["metadatavalues"] = new JsonArray([.. line.Dimensions.Select(dimension => (JsonNode)new JsonObject
        {
            ["name"] = new JsonObject { ["value"] = dimension.Name.ToLowerInvariant(), ["localizedValue"] = dimension.Name.ToLowerInvariant() },
            ["value"] = dimension.Value,
        })]),
        ["data"] = new JsonArray([.. line.Points.Select(point => (JsonNode)Render(point.Time, point.Value))]),
    };

    private static JsonObject Render(DateTimeOffset time, double? value)
    {
        JsonObject point = new() { ["timeStamp"] = Write(time) };
        if (value is { } known)
        {
            point["average"] = known;
        }

        return point;
    }

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Task<ArmReply> Define(ArmRequest request, MetricScope scope, string resource)
    {
        CheckVersion(request);
        JsonArray value = [.. scope.Definitions.Select(metric => (JsonNode)new JsonObject
        {
            ["id"] = $"{resource}/providers/microsoft.insights/metricdefinitions/{metric.Name}",
            ["resourceId"] = resource,
            ["namespace"] = scope.Namespace,
            ["category"] = "Traffic",
            ["name"] = new JsonObject { ["value"] = metric.Name, ["localizedValue"] = metric.LocalizedName },
            ["displayDescription"] = metric.Description,
            ["isDimensionRequired"] = false,
            ["unit"] = metric.Unit,
            ["primaryAggregationType"] = MetricDefinition.Aggregation,
            ["supportedAggregationTypes"] = new JsonArray(MetricDefinition.Aggregation),
            ["metricAvailabilities"] = new JsonArray([.. MetricQuery.Grains.Select(grain => (JsonNode)new JsonObject
            {
                ["timeGrain"] = XmlConvert.ToString(grain),
                ["retention"] = "P1D",
            })]),
            ["dimensions"] = new JsonArray([.. metric.Dimensions.Select(name => (JsonNode)new JsonObject { ["value"] = name, ["localizedValue"] = name })]),
        })];
        return Task.FromResult(ArmReply.Ok(new JsonObject { ["value"] = value }));
    }
}
