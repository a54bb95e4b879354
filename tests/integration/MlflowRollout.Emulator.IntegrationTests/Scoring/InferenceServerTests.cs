using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Scoring;

/// <summary>The inference server of the container, seen through the front door.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class InferenceServerTests(EmulatorServer server)
{
    private const string TooLong = "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters";

    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Ids_NotSent_AreTheRequests()
    {
        using ScoringClient scoring = await OpenAsync();

        ScoringAnswer answer = await scoring.ScoreAsync(pin: "blue");

        Assert.Equal(answer.Headers["X-Request-ID"], answer.Headers["x-ms-request-id"]);
        Assert.StartsWith("azmlinfsrv/", answer.Headers["x-ms-server-version"], StringComparison.Ordinal);
        Assert.DoesNotContain("x-ms-client-request-id", answer.Headers.Keys);
        Assert.DoesNotContain("TraceId", answer.Headers.Keys);
    }

    [Fact]
    public async Task Ids_Sent_AreGivenBack()
    {
        using ScoringClient scoring = await OpenAsync();

        ScoringAnswer client = await SendAsync(scoring, ("x-ms-client-request-id", "mine-1"), ("x-request-id", "not-mine"), ("TraceId", "trace 7"));
        ScoringAnswer legacy = await SendAsync(scoring, ("x-ms-request-id", "old-2"));
        ScoringAnswer both = await SendAsync(scoring, ("x-ms-request-id", "old-3"), ("x-ms-client-request-id", "mine-3"));

        Assert.Equal(("mine-1", "mine-1", "trace 7"), (client.Headers["x-ms-client-request-id"], client.Headers["x-ms-request-id"], client.Headers["TraceId"]));
        Assert.NotEqual("not-mine", client.Headers["X-Request-ID"]);
        Assert.Equal(("old-2", "old-2"), (legacy.Headers["x-ms-client-request-id"], legacy.Headers["x-ms-request-id"]));
        Assert.Equal(("mine-3", "old-3"), (both.Headers["x-ms-client-request-id"], both.Headers["x-ms-request-id"]));
    }

    [Fact]
    public async Task Ids_LongerThanTheServerTakes_Are431WhereTheFrontDoorLetsThemThrough()
    {
        using ScoringClient scoring = await OpenAsync();
        string id = new('a', 101);

        ScoringAnswer legacy = await SendAsync(scoring, ("x-ms-request-id", id));
        ScoringAnswer longest = await SendAsync(scoring, ("x-ms-request-id", id[..100]));
        ScoringAnswer others = await SendAsync(scoring, ("x-request-id", id), ("x-ms-client-request-id", id));

        Assert.Equal((424, "431", "Request Header Fields Too Large"), (legacy.Status, legacy.Headers["ms-azureml-model-error-statuscode"], legacy.Headers["ms-azureml-model-error-reason"]));
        Assert.Equal(TooLong, Message(legacy));
        Assert.Equal((200, id[..100]), (longest.Status, longest.Headers["x-ms-request-id"]));
        Assert.Equal((200, id[..40]), (others.Status, others.Headers["x-ms-client-request-id"]));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task ContentType_OtherThanJson_Is415(string? type)
    {
        using ScoringClient scoring = await OpenAsync();
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(ScoringClient.OneRow));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        ScoringAnswer answer = await scoring.SendAsync(HttpMethod.Post, scoring.Scoring, content, "blue", null, CancellationToken.None);

        Assert.Equal((424, "415", "Unsupported Media Type"), (answer.Status, answer.Headers["ms-azureml-model-error-statuscode"], answer.Headers["ms-azureml-model-error-reason"]));
        Assert.Equal("Expects Content-Type to be application/json", Message(answer));
        Assert.Equal("False", answer.Headers["x-ms-run-function-failed"]);
    }

    [Fact]
    public async Task Methods_OfScore_AreThreeAndTheRestIs405()
    {
        using ScoringClient scoring = await OpenAsync();

        ScoringAnswer options = await scoring.SendAsync(HttpMethod.Options, scoring.Scoring, null, "blue", null, CancellationToken.None);
        ScoringAnswer get = await scoring.GetAsync($"score?input_data={Uri.EscapeDataString(ScoringClient.Rows()[0])}&input_data={Uri.EscapeDataString(ScoringClient.Rows()[1])}", pin: "blue");
        ScoringAnswer patch = await scoring.SendAsync(HttpMethod.Patch, scoring.Scoring, null, "blue", null, CancellationToken.None);

        Assert.Equal((200, string.Empty), (options.Status, options.Text));
        Assert.Equal((200, 2), (get.Status, get.Labels.Length));
        Assert.Equal((424, "405", "Method not allowed"), (patch.Status, patch.Headers["ms-azureml-model-error-statuscode"], Message(patch)));
    }

    [Fact]
    public async Task Paths_ThatAreNone_AreTheServersOwn404()
    {
        using ScoringClient scoring = await OpenAsync();

        ScoringAnswer nothing = await scoring.GetAsync("nothing", pin: "blue");
        ScoringAnswer version = await scoring.GetAsync("swagger.json?version=9", pin: "blue");

        Assert.Equal((424, "404"), (nothing.Status, nothing.Headers["ms-azureml-model-error-statuscode"]));
        Assert.StartsWith("The requested URL was not found on the server.", Message(nothing), StringComparison.Ordinal);
        Assert.Equal("Swagger version [9] is not valid. Supported versions: [2, 3]", Message(version));
    }

    [Fact]
    public async Task Swagger_OfBothVersions_HasTheServersNames()
    {
        using ScoringClient scoring = await OpenAsync();

        JsonNode two = JsonNode.Parse((await scoring.GetAsync("swagger.json", pin: "blue")).Text)!;
        JsonNode three = JsonNode.Parse((await scoring.GetAsync("swagger.json?version=3", pin: "blue")).Text)!;

        Assert.Equal("ServiceHealthCheck", two["paths"]!["/"]!["get"]!["operationId"]!.GetValue<string>());
        Assert.Equal("RunMLService", two["paths"]!["/score"]!["post"]!["operationId"]!.GetValue<string>());
        Assert.Equal("Authorization", two["securityDefinitions"]!["Bearer"]!["name"]!.GetValue<string>());
        Assert.Equal(["ErrorResponse", "ServiceInput", "ServiceOutput"], two["definitions"]!.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["ErrorResponse", "ServiceInput", "ServiceOutput"], three["components"]!["schemas"]!.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Log_HasALineForEachCallOfTheServersInterface()
    {
        string endpoint = await server.EndpointAsync("blue");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        await scoring.ScoreAsync(pin: "blue");
        await scoring.ScoreAsync("{", pin: "blue");
        await scoring.GetAsync("score?input_data=1", pin: "blue");
        await scoring.GetAsync("swagger.json?version=3", pin: "blue");
        await scoring.GetAsync("./", pin: "blue");

        string[] lines = (await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/blue/getLogs")).Body["content"]!.GetValue<string>().TrimEnd('\n').Split('\n');
        string[] calls = [.. lines.Where(line => line.Contains("ms ", StringComparison.Ordinal) && line.Contains("azmlinfsrv - ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(" - ", StringComparison.Ordinal) + 3)..])];

        Assert.Equal(4, calls.Length);
        Assert.Matches(@"^POST /score 200 \d+\.\d{3}ms \d+$", calls[0]);
        Assert.Matches(@"^POST /score 400 \d+\.\d{3}ms \d+$", calls[1]);
        Assert.Matches(@"^GET /score\?input_data=1 500 \d+\.\d{3}ms \d+$", calls[2]);
        Assert.Matches(@"^GET /swagger\.json\?version=3 200 \d+\.\d{3}ms \d+$", calls[3]);
    }

    private async Task<ScoringClient> OpenAsync() => await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

    private static async Task<ScoringAnswer> SendAsync(ScoringClient scoring, params (string Name, string Value)[] headers)
    {
        using StringContent content = new(ScoringClient.OneRow, Encoding.UTF8, "application/json");
        return await scoring.SendAsync(HttpMethod.Post, scoring.Scoring, content, "blue", null, CancellationToken.None, headers);
    }

    private static string Message(ScoringAnswer answer) => JsonNode.Parse(answer.Text)!["message"]!.GetValue<string>();
}
