using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Metrics;

[Collection(EmulatorCollection.Name)]
public sealed class MetricTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Metrics_AfterRequests_CountThemByDeploymentAndStatusClass()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));
        await ScoreAsync(endpoint, blue: 5, green: 2, greenErrors: 3);

        ControlPlaneAnswer answer = await AskAsync(endpoint, "RequestsPerMinute,RequestLatency,RequestLatency_P95", "deployment eq '*'");
        JsonNode metric = answer.Body["value"]![0]!;

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("Microsoft.MachineLearningServices/workspaces/onlineEndpoints", answer.Body["namespace"]!.GetValue<string>());
        Assert.Equal("local", answer.Body["resourceregion"]!.GetValue<string>());
        Assert.Equal("PT1M", answer.Body["interval"]!.GetValue<string>());
        Assert.Equal($"{Client.Workspace}/onlineEndpoints/{endpoint}/providers/Microsoft.Insights/metrics/RequestsPerMinute", metric["id"]!.GetValue<string>());
        Assert.Equal("Microsoft.Insights/metrics", metric["type"]!.GetValue<string>());
        Assert.Equal("Success", metric["errorCode"]!.GetValue<string>());
        Assert.Equal("Count", metric["unit"]!.GetValue<string>());
        Assert.Equal("MilliSeconds", answer.Body["value"]![2]!["unit"]!.GetValue<string>());
        Assert.Equal(5, Sum(metric, "blue"));
        Assert.Equal(5, Sum(metric, "green"));
        Assert.All(Points(answer.Body["value"]![1]!, "blue"), latency => Assert.InRange(latency, 0.001, 60_000));

        JsonNode split = (await AskAsync(endpoint, "RequestsPerMinute", "deployment eq 'green' and statusCodeClass eq '*'")).Body["value"]![0]!;
        Assert.Equal(2, Sum(split, "green", "2xx"));
        Assert.Equal(3, Sum(split, "green", "4xx"));
        JsonNode model = (await AskAsync(endpoint, "RequestsPerMinute", "modelStatusCode eq '400' and statusCode eq '424'")).Body["value"]![0]!;
        Assert.Equal(3, Sum(model, "400", "424"));
    }

    [Fact]
    public async Task Metrics_PointsWithoutRequests_HaveATimeAlone()
    {
        string endpoint = await server.EndpointAsync("blue");
        await ScoreAsync(endpoint, blue: 1, green: 0, greenErrors: 0);

        JsonArray points = (await AskAsync(endpoint, "RequestsPerMinute", null)).Body["value"]![0]!["timeseries"]![0]!["data"]!.AsArray();

        Assert.InRange(points.Count(point => point!["average"] is null), points.Count - 2, points.Count - 1);
        Assert.All(points, point => Assert.EndsWith(":00Z", point!["timeStamp"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.All(points.Where(point => point!["average"] is null), point => Assert.Single(point!.AsObject()));
    }

    [Fact]
    public async Task Metrics_OfAnEndpointThatNobodyCalled_AreEmpty()
    {
        string endpoint = await server.EndpointAsync();

        JsonNode answer = (await AskAsync(endpoint, "RequestsPerMinute", null)).Body;

        Assert.Empty(answer["value"]![0]!["timeseries"]!.AsArray());
    }

    [Fact]
    public async Task Metrics_OfMirroredRequests_CountUnderTheMirror()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));
        await Client.SucceedAsync(await Client.PutTrafficAsync(endpoint, "mirrorTraffic", ("green", 50)));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        int sent = 0;
        double copies;
        do
        {
            Assert.Equal("blue", (await scoring.ScoreAsync()).Deployment);
            Assert.True(++sent < 2000, "no copy was counted");
            copies = Sum((await AskAsync(endpoint, "RequestsPerMinute", "deployment eq '*'")).Body["value"]![0]!, "green");
        }
        while (copies == 0);

        Assert.Equal(sent, Sum((await AskAsync(endpoint, "RequestsPerMinute", "deployment eq '*'")).Body["value"]![0]!, "blue"));
        Assert.InRange(copies, 1, sent);
    }

    [Fact]
    public async Task Metrics_OfRefusedCredentials_HaveNoDeployment()
    {
        string endpoint = await server.EndpointAsync("blue");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        await scoring.ScoreAsync(key: "wrong", pin: "blue");

        JsonNode metric = (await AskAsync(endpoint, "RequestsPerMinute", "deployment eq '*' and statusCode eq '401'")).Body["value"]![0]!;

        Assert.Equal(1, Sum(metric, string.Empty, "401"));
    }

    [Fact]
    public async Task Metrics_OfOtherAddressesThanScore_AreNotCounted()
    {
        string endpoint = await server.EndpointAsync("blue");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        Assert.Equal(200, (await scoring.GetAsync("swagger.json", pin: "blue")).Status);
        Assert.Equal(200, (await scoring.GetAsync("./", pin: "blue")).Status);

        Assert.Empty((await AskAsync(endpoint, "RequestsPerMinute", null)).Body["value"]![0]!["timeseries"]!.AsArray());
    }

    [Fact]
    public async Task Metrics_OfADeploymentThatWasDeleted_StayUntilItsEndpointGoes()
    {
        string endpoint = await server.EndpointAsync("blue");
        using (ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint))
        {
            await scoring.ScoreAsync(pin: "blue");
        }

        await Client.SucceedAsync(await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/blue"));
        Assert.Equal(1, Sum((await AskAsync(endpoint, "RequestsPerMinute", "deployment eq 'blue'")).Body["value"]![0]!, "blue"));
        await Client.SucceedAsync(await Client.DeleteAsync($"/onlineEndpoints/{endpoint}"));
        await Client.CreateEndpointAsync(endpoint);

        Assert.Empty((await AskAsync(endpoint, "RequestsPerMinute", null)).Body["value"]![0]!["timeseries"]!.AsArray());
    }

    [Theory]
    [InlineData("metricnames=Requests", "metric: Requests, Valid metrics: RequestsPerMinute")]
    [InlineData("metricnames=RequestsPerMinute&$filter=colour%20eq%20'*'", "does not support requested dimension combination: colour")]
    public async Task Metrics_WrongQuestion_IsRefusedAsAzureMonitorDoes(string query, string message)
    {
        string endpoint = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.SendRawAsync(HttpMethod.Get, $"{Address(endpoint)}&{query}", null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("BadRequest", answer.Body["code"]!.GetValue<string>());
        Assert.Contains(message, answer.Body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2018-01-01", HttpStatusCode.OK)]
    [InlineData("2024-02-01", HttpStatusCode.OK)]
    [InlineData("2024-10-01", HttpStatusCode.BadRequest)]
    public async Task Metrics_VersionsOfTheProviderAlone_AreTaken(string version, HttpStatusCode status)
    {
        string endpoint = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.SendRawAsync(HttpMethod.Get, Address(endpoint, version), null);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task MetricDefinitions_NameWhatIsServed()
    {
        string endpoint = await server.EndpointAsync("blue");

        JsonArray definitions = (await Client.SendRawAsync(HttpMethod.Get, Address(endpoint).Replace("/metrics?", "/metricDefinitions?", StringComparison.Ordinal), null)).Body["value"]!.AsArray();
        JsonNode ofDeployment = (await Client.SendRawAsync(HttpMethod.Get, $"{Client.Workspace}/onlineEndpoints/{endpoint}/deployments/blue/providers/Microsoft.Insights/metricDefinitions?api-version=2018-01-01", null)).Body;

        Assert.Equal(
            ["RequestsPerMinute", "RequestLatency", "RequestLatency_P50", "RequestLatency_P90", "RequestLatency_P95", "RequestLatency_P99"],
            definitions.Select(definition => definition!["name"]!["value"]!.GetValue<string>()));
        Assert.Equal(["deployment", "statusCode", "statusCodeClass", "modelStatusCode"], definitions[0]!["dimensions"]!.AsArray().Select(dimension => dimension!["value"]!.GetValue<string>()));
        Assert.Equal("Average", definitions[0]!["primaryAggregationType"]!.GetValue<string>());
        Assert.Equal("PT1M", definitions[0]!["metricAvailabilities"]![0]!["timeGrain"]!.GetValue<string>());
        Assert.Empty(ofDeployment["value"]!.AsArray());
    }

    [Theory]
    [InlineData("", "ConnectionsActive")]
    [InlineData("/deployments/blue", "CpuUtilizationPercentage")]
    [InlineData("/deployments/blue", "DeploymentCapacity")]
    public async Task Metrics_ThatAreNotMeasured_SayThatTheEmulatorHasNone(string below, string metric)
    {
        string endpoint = await server.EndpointAsync("blue");

        ControlPlaneAnswer answer = await Client.SendRawAsync(
            HttpMethod.Get, $"{Client.Workspace}/onlineEndpoints/{endpoint}{below}/providers/microsoft.insights/metrics?api-version=2018-01-01&metricnames={metric}", null);

        Assert.Equal("EmulatorNotSupported", answer.ErrorCode);
        Assert.Contains(metric, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfAnUnknownEndpoint_Are404()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await Client.SendRawAsync(HttpMethod.Get, Address("nobody"), null)).Status);
    }

    [Fact]
    public async Task Metrics_WithADelay_ComeLate()
    {
        await using EmulatorProcess late = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--metric-delay", "1h"] });
        ControlPlaneClient client = new(late);
        await client.CreateEndpointAsync("late");
        using ScoringClient scoring = await ScoringClient.OfAsync(client, "late");
        Assert.Equal(404, (await scoring.ScoreAsync()).Status);

        JsonNode answer = (await client.SendRawAsync(HttpMethod.Get, $"{client.Workspace}/onlineEndpoints/late/providers/Microsoft.Insights/metrics?api-version=2018-01-01&metricnames=RequestsPerMinute", null)).Body;

        Assert.Empty(answer["value"]![0]!["timeseries"]!.AsArray());
        await late.StopAsync();
    }

    private string Address(string endpoint, string version = "2018-01-01") =>
        $"{Client.Workspace}/onlineEndpoints/{endpoint}/providers/Microsoft.Insights/metrics?api-version={version}";

    private Task<ControlPlaneAnswer> AskAsync(string endpoint, string metrics, string? filter)
    {
        string now = TimeProvider.System.GetUtcNow().AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string before = TimeProvider.System.GetUtcNow().AddMinutes(-30).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Client.SendRawAsync(
            HttpMethod.Get,
            $"{Address(endpoint)}&timespan={before}/{now}&metricnames={metrics}&aggregation=Average" + (filter is null ? string.Empty : $"&$filter={Uri.EscapeDataString(filter)}"),
            null);
    }

    private async Task ScoreAsync(string endpoint, int blue, int green, int greenErrors)
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        for (int i = 0; i < blue; i++)
        {
            Assert.Equal(200, (await scoring.ScoreAsync(pin: "blue")).Status);
        }

        for (int i = 0; i < green; i++)
        {
            Assert.Equal(200, (await scoring.ScoreAsync(pin: "green")).Status);
        }

        for (int i = 0; i < greenErrors; i++)
        {
            Assert.Equal(424, (await scoring.ScoreAsync("{", pin: "green")).Status);
        }
    }

    /// <summary>All requests of the lines with these values of dimensions: each minute's average is its count.</summary>
    private static double Sum(JsonNode metric, params string[] values) => Points(metric, values).Sum();

    private static IEnumerable<double> Points(JsonNode metric, params string[] values) => metric["timeseries"]!.AsArray()
        .Where(series => values.SequenceEqual(series!["metadatavalues"]!.AsArray().Select(value => value!["value"]!.GetValue<string>())))
        .SelectMany(series => series!["data"]!.AsArray())
        .Where(point => point!["average"] is not null)
        .Select(point => point!["average"]!.GetValue<double>());
}
