using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Metrics;

/// <summary>What is asked of Azure Monitor, and what is made of its answers.</summary>
public sealed class MetricClientTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();
    private readonly List<Uri> _asked = [];

    public MetricClientTests()
    {
        _workspace.Arm.AddEndpoint("heart", deployments: ["blue", "green"]);
        _workspace.Arm.Intercept = (request, _) => Answer(request, () => FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray() }));
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task GetAsync_Defaults_AskForHalfAnHourByDeploymentInOneCall()
    {
        await AskAsync(new() { EndpointName = "heart" });

        Uri address = Assert.Single(_asked);
        Assert.Equal($"{FakeArm.Workspace}/onlineEndpoints/heart/providers/Microsoft.Insights/metrics", address.AbsolutePath);
        Assert.Equal("2024-02-01", Query(address, "api-version"));
        Assert.Equal("RequestsPerMinute,RequestLatency,RequestLatency_P95", Query(address, "metricnames"));
        Assert.Equal("deployment eq '*'", Query(address, "$filter"));
        Assert.Equal(("PT1M", "Average", "1000"), (Query(address, "interval"), Query(address, "aggregation"), Query(address, "top")));
        string[] span = Query(address, "timespan")!.Split('/');
        Assert.Equal(TimeSpan.FromMinutes(30), DateTimeOffset.Parse(span[1], null) - DateTimeOffset.Parse(span[0], null));
    }

    [Fact]
    public async Task GetAsync_DeploymentsAndStatusClass_AreOneFilterOfRequestsAlone()
    {
        await AskAsync(new() { EndpointName = "heart", DeploymentNames = ["blue", "green"], By = [MlMetricDimension.StatusCodeClass] });

        Uri address = Assert.Single(_asked);
        Assert.Equal("RequestsPerMinute", Query(address, "metricnames"));
        Assert.Equal("deployment eq 'blue' or deployment eq 'green' and statusCodeClass eq '*'", Query(address, "$filter"));
    }

    [Fact]
    public async Task GetAsync_MetricsOfTheWholeEndpoint_AreACallOfTheirOwn()
    {
        await AskAsync(new() { EndpointName = "heart", Metrics = ["ConnectionsActive", "RequestLatency", "NetworkBytes"] });

        Assert.Equal([(null, "ConnectionsActive,NetworkBytes"), ("deployment eq '*'", "RequestLatency")], _asked.Select(address => (Query(address, "$filter"), Query(address, "metricnames")!)));
    }

    [Fact]
    public async Task GetAsync_ByEndpoint_SplitsNothing()
    {
        await AskAsync(new() { EndpointName = "heart", By = [MlMetricDimension.Endpoint] });

        Assert.Null(Query(Assert.Single(_asked), "$filter"));
    }

    [Theory]
    [InlineData("RequestLatency", MlMetricDimension.StatusCode, "StatusCode")]
    [InlineData("NetworkBytes", MlMetricDimension.Deployment, "endpoint as a whole")]
    public async Task GetAsync_ASplitThatTheMetricHasNot_IsRefusedBeforeAnyCall(string metric, MlMetricDimension by, string says)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => AskAsync(new() { EndpointName = "heart", Metrics = [metric], By = [by] }));

        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task GetAsync_EndpointAndADimension_ExcludeEachOther()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() =>
            AskAsync(new() { EndpointName = "heart", By = [MlMetricDimension.Endpoint, MlMetricDimension.StatusCode] }));

        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
    }

    [Fact]
    public async Task GetAsync_IntervalOrSpanThatCannotBe_IsRefusedBeforeAnyCall()
    {
        DateTimeOffset now = _workspace.Time.GetUtcNow();
        MlValidationException interval = await Assert.ThrowsAsync<MlValidationException>(() => AskAsync(new() { EndpointName = "heart", Interval = TimeSpan.FromMinutes(2) }));
        MlValidationException span = await Assert.ThrowsAsync<MlValidationException>(() => AskAsync(new() { EndpointName = "heart", Start = now, End = now.AddMinutes(-1) }));

        Assert.Contains("5m", interval.RecommendedAction!, StringComparison.Ordinal);
        Assert.Contains("before its end", span.Message, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task GetAsync_Answer_GivesPointsWithValuesOldestFirst()
    {
        _workspace.Arm.Intercept = (request, _) => Answer(request, () => FakeArm.Json(HttpStatusCode.OK, JsonNode.Parse("""
            {"value":[{"name":{"value":"RequestsPerMinute"},"unit":"Count","timeseries":[
              {"metadatavalues":[{"name":{"value":"deployment"},"value":"green"},{"name":{"value":"statuscodeclass"},"value":"4xx"},{"name":{"value":"statuscode"},"value":"429"},{"name":{"value":"modelstatuscode"},"value":"0"}],
               "data":[{"timeStamp":"2026-08-01T10:01:00Z","average":2.5},{"timeStamp":"2026-08-01T10:02:00Z"}]},
              {"metadatavalues":[{"name":{"value":"deployment"},"value":""}],"data":[{"timeStamp":"2026-08-01T10:00:00Z","average":1.0}]}]}]}
            """)!));

        IReadOnlyList<MlEndpointMetric> metrics = await AskAsync(new() { EndpointName = "heart", Interval = TimeSpan.FromMinutes(5) });

        Assert.Equal(2, metrics.Count);
        Assert.Equal((string.Empty, 1.0, null), (metrics[0].DeploymentName, metrics[0].Value, metrics[0].StatusCodeClass));
        Assert.Equal(("green", "4xx", 429, null), (metrics[1].DeploymentName, metrics[1].StatusCodeClass, metrics[1].StatusCode, metrics[1].ModelStatusCode));
        Assert.Equal(("RequestsPerMinute", 2.5, "Count"), (metrics[1].Metric, metrics[1].Value, metrics[1].Unit));
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 10, 1, 0, TimeSpan.Zero), metrics[1].Time);
        Assert.Equal(("heart", "space", "c1", TimeSpan.FromMinutes(5)), (metrics[1].EndpointName, metrics[1].WorkspaceName, metrics[1].ConnectionId, metrics[1].Interval));
    }

    [Fact]
    public async Task GetAsync_WithoutTheRight_NamesTheRole()
    {
        _workspace.Arm.Intercept = (request, _) => Answer(request, () => FakeArm.Error(403, "AuthorizationFailed", "The client does not have authorization to perform action 'Microsoft.Insights/metrics/read'."));

        MlServiceException error = await Assert.ThrowsAsync<MlServiceException>(() => AskAsync(new() { EndpointName = "heart" }));

        Assert.Equal((MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied), (error.ErrorId, error.Category));
        Assert.Contains("Monitoring Reader", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_AbsentEndpointOrDeployment_NamesTheNearOne()
    {
        _workspace.Arm.Intercept = (request, _) => Answer(
            request,
            () => request.RequestUri!.AbsolutePath.Contains("/heart/", StringComparison.Ordinal)
                ? FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray() })
                : FakeArm.Error(404, "ResourceNotFound", "Not found."));

        MlNotFoundException endpoint = await Assert.ThrowsAsync<MlNotFoundException>(() => AskAsync(new() { EndpointName = "hearth" }));
        MlNotFoundException deployment = await Assert.ThrowsAsync<MlNotFoundException>(() => AskAsync(new() { EndpointName = "heart", DeploymentNames = ["greeen"] }));

        Assert.Equal((MlErrorIds.EndpointNotFound, MlErrorIds.DeploymentNotFound), (endpoint.ErrorId, deployment.ErrorId));
        Assert.Contains("'heart'", $"{endpoint.Message} {endpoint.RecommendedAction}", StringComparison.Ordinal);
        Assert.Contains("'green'", $"{deployment.Message} {deployment.RecommendedAction}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_RefusedByAzureMonitor_KeepsItsWords()
    {
        _workspace.Arm.Intercept = (request, _) => Answer(request, () => FakeArm.Json(
            HttpStatusCode.BadRequest, new JsonObject { ["code"] = "BadRequest", ["message"] = "Failed to find metric configuration for metric: Foo, Valid metrics: RequestsPerMinute" }));

        MlServiceException error = await Assert.ThrowsAsync<MlServiceException>(() => AskAsync(new() { EndpointName = "heart", Metrics = ["Foo"] }));

        Assert.Equal((MlErrorIds.RequestRefused, "BadRequest"), (error.ErrorId, error.ServiceErrorCode));
        Assert.Contains("Valid metrics: RequestsPerMinute", error.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<MlEndpointMetric>> AskAsync(MlMetricQuery query) => _workspace.Connection.Metrics.GetAsync(query, CancellationToken.None);

    private HttpResponseMessage? Answer(HttpRequestMessage request, Func<HttpResponseMessage> answer)
    {
        if (!request.RequestUri!.AbsolutePath.Contains("Microsoft.Insights", StringComparison.Ordinal))
        {
            return null;
        }

        _asked.Add(request.RequestUri);
        return answer();
    }

    private static string? Query(Uri address, string name) =>
        address.Query.TrimStart('?').Split('&').Select(part => part.Split('=', 2)).Where(pair => Uri.UnescapeDataString(pair[0]) == name).Select(pair => Uri.UnescapeDataString(pair[1])).SingleOrDefault();
}
