using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Scoring;

/// <summary>The data plane over HTTPS, with the example models.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class ScoringTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Score_CommittedRows_GivesTheCommittedPredictions(int version)
    {
        string endpoint = server.Name("rows");
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", await Client.RegisterModelAsync(endpoint, "1", ExampleModels.Version(version)));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        List<int> labels = [];
        foreach (string[] rows in ScoringClient.Rows().Chunk(64))
        {
            ScoringAnswer answer = await scoring.ScoreAsync(ScoringClient.Body(rows), pin: "blue");
            Assert.True(answer.Status == 200, answer.Text);
            labels.AddRange(answer.Labels);
        }

        Assert.Equal(ScoringClient.ExpectedLabels(version), labels);
    }

    [Fact]
    public async Task Score_Weights_AreFollowedAndPinsBypassThem()
    {
        string endpoint = await server.EndpointAsync("blue", "green", "idle");
        await Client.SetTrafficAsync(endpoint, ("blue", 80), ("green", 20), ("idle", 0));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        List<string?> deployments = [];
        for (int i = 0; i < 1000; i++)
        {
            ScoringAnswer answer = await scoring.ScoreAsync();
            Assert.True(answer.Status == 200, answer.Text);
            deployments.Add(answer.Deployment);
        }

        // Eight standard deviations of 1000 draws at 20 %.
        Assert.InRange(deployments.Count(d => d == "green"), 200 - 101, 200 + 101);
        Assert.DoesNotContain("idle", deployments);
        Assert.Equal("idle", (await scoring.ScoreAsync(pin: "Idle")).Deployment);
        ScoringAnswer unknown = await scoring.ScoreAsync(pin: "purple");
        Assert.Equal(404, unknown.Status);
        Assert.Contains("'purple'", unknown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_NoTraffic_Is404()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer answer = await scoring.ScoreAsync();

        Assert.Equal(404, answer.Status);
        Assert.Contains("no valid deployment with positive weight", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_WrongKey_Is401()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer answer = await scoring.ScoreAsync(key: "wrong", pin: "blue");

        Assert.Equal((401, "key_auth_access_denied"), (answer.Status, answer.Text));
        Assert.Equal(401, (await scoring.ScoreAsync(key: Client.Emulator.Token, pin: "blue")).Status);
    }

    [Fact]
    public async Task Score_RegeneratedKey_OpensAndTheOldOneDoesNot()
    {
        string endpoint = await server.EndpointAsync("blue");
        using ScoringClient before = await ScoringClient.OfAsync(Client, endpoint);

        await Client.SucceedAsync(await Client.PostAsync($"/onlineEndpoints/{endpoint}/regenerateKeys", new JsonObject { ["keyType"] = "Primary" }));
        using ScoringClient after = await ScoringClient.OfAsync(Client, endpoint);

        Assert.Equal(401, (await before.ScoreAsync(pin: "blue")).Status);
        Assert.Equal(200, (await after.ScoreAsync(pin: "blue")).Status);
    }

    [Theory]
    [InlineData("", "400", "no body")]
    [InlineData("{\"input_data\":", "400", "not valid JSON")]
    [InlineData("{\"data\":[]}", "500", "'input_data'")]
    [InlineData("{\"input_data\":{\"columns\":[\"age\"],\"index\":[0],\"data\":[[1]]}}", "500", "missing inputs ['sex'")]
    [InlineData("{\"input_data\":[[1,2]]}", "500", "Row 0 has 2 values")]
    public async Task Score_WhatTheModelRefuses_Is424WithTheContainersStatus(string body, string status, string message)
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer answer = await scoring.ScoreAsync(body, pin: "blue");

        Assert.Equal(424, answer.Status);
        Assert.Equal(status, answer.Headers["ms-azureml-model-error-statuscode"]);
        Assert.NotEmpty(answer.Headers["ms-azureml-model-error-reason"]);
        Assert.Contains(message, JsonNode.Parse(answer.Text)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_Answer_HasTheServicesHeaders()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer answer = await scoring.ScoreAsync(pin: "blue");

        Assert.Equal("azureml-frontdoor", answer.Headers["Server"]);
        Assert.Equal("False", answer.Headers["x-ms-run-function-failed"]);
        Assert.Matches(@"^\d+\.\d{3}$", answer.Headers["x-ms-run-fn-exec-ms"]);
        Assert.True(Guid.TryParse(answer.Headers["X-Request-ID"], out _));
    }

    [Fact]
    public async Task Score_SlowerThanItsTimeout_Is408()
    {
        string endpoint = await FaultyEndpointAsync("EMULATOR_EXTRA_LATENCY_MS", "60000", concurrency: 1, timeout: "PT0.2S");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        ScoringAnswer answer = await scoring.ScoreAsync(pin: "blue");

        Assert.Equal((408, "upstream request timeout"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Score_MoreThanTheDeploymentAdmits_Is429AndTheRestIsAnswered()
    {
        string endpoint = await FaultyEndpointAsync("EMULATOR_EXTRA_LATENCY_MS", "1000", concurrency: 2, timeout: "PT30S");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        ScoringAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => scoring.ScoreAsync(pin: "blue")));

        Assert.Equal(4, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal(429, a.Status));
        Assert.Contains("Too many pending requests", answers.First(a => a.Status == 429).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ClientsThatLeave_FreeTheirPlaces()
    {
        string endpoint = await FaultyEndpointAsync("EMULATOR_EXTRA_LATENCY_MS", "100", concurrency: 1, timeout: "PT30S");
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        for (int i = 0; i < 10; i++)
        {
            using CancellationTokenSource impatient = new(TimeSpan.FromMilliseconds(20));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring.ScoreAsync(pin: "blue", cancellation: impatient.Token));
        }

        // The server hears of a closed connection a moment later.
        ScoringAnswer answer;
        do
        {
            answer = await scoring.ScoreAsync(pin: "blue");
        }
        while (answer.Status == 429);
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Score_LargeAndChunkedBodies_AreTaken()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));
        string[] rows = [.. Enumerable.Repeat(ScoringClient.Rows()[0], 50_000)];
        byte[] body = Encoding.UTF8.GetBytes(ScoringClient.Body(rows));

        ScoringAnswer whole = await scoring.ScoreAsync(Encoding.UTF8.GetString(body), pin: "blue");
        using StreamContent chunks = new(new DribblingStream(body));
        chunks.Headers.ContentType = new("application/json");
        ScoringAnswer chunked = await scoring.SendAsync(HttpMethod.Post, scoring.Scoring, chunks, "blue", null, CancellationToken.None);

        Assert.Equal(200, whole.Status);
        Assert.Equal(50_000, whole.Labels.Length);
        Assert.Equal(whole.Text, chunked.Text);
    }

    [Fact]
    public async Task Swagger_Pinned_DescribesThatDeploymentsColumns()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer answer = await scoring.GetAsync("swagger.json", pin: "blue");
        ScoringAnswer third = await scoring.GetAsync("swagger.json?version=3", pin: "blue");
        ScoringAnswer none = await scoring.GetAsync("swagger.json?version=4", pin: "blue");

        JsonNode swagger = JsonNode.Parse(answer.Text)!;
        JsonArray columns = swagger["definitions"]!["ServiceInput"]!["properties"]!["input_data"]!["x-mlflow-columns"]!.AsArray();
        Assert.Equal("thal:string", $"{columns[^1]!["name"]}:{columns[^1]!["x-mlflow-type"]}");
        Assert.Equal(404, (await scoring.GetAsync("swagger.json")).Status);
        Assert.StartsWith("3.0", JsonNode.Parse(third.Text)!["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((424, "404"), (none.Status, none.Headers["ms-azureml-model-error-statuscode"]));
    }

    [Fact]
    public async Task OtherPaths_AnswerAsTheInferenceServerBehindTheFrontDoor()
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, await server.EndpointAsync("blue"));

        ScoringAnswer health = await scoring.GetAsync("./", pin: "blue");
        ScoringAnswer query = await scoring.GetAsync($"score?input_data=[{Uri.EscapeDataString(ScoringClient.Rows()[0])}]", pin: "blue");
        ScoringAnswer nothing = await scoring.GetAsync("nothing/here", pin: "blue");
        using StringContent content = new("{}");
        ScoringAnswer put = await scoring.SendAsync(HttpMethod.Put, scoring.Scoring, content, "blue", null, CancellationToken.None);

        Assert.Equal((200, "Healthy"), (health.Status, health.Text));
        Assert.Equal((200, ScoringClient.ExpectedLabels(1)[0]), (query.Status, query.Labels[0]));
        Assert.Equal((424, "404"), (nothing.Status, nothing.Headers["ms-azureml-model-error-statuscode"]));
        Assert.Equal((424, "405"), (put.Status, put.Headers["ms-azureml-model-error-statuscode"]));
    }

    [Fact]
    public async Task Score_Mirrored_IsSeenInTheMirrorsLogOnly()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));
        await Client.SucceedAsync(await Client.PutTrafficAsync(endpoint, "mirrorTraffic", ("green", 50)));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        int sent = 0;
        string log;
        do
        {
            Assert.Equal("blue", (await scoring.ScoreAsync()).Deployment);
            Assert.True(++sent < 2000, "no copy reached the mirror");
            log = (await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/green/getLogs", new JsonObject { ["tail"] = 100 })).Body["content"]!.GetValue<string>();
        }
        while (!log.Contains("POST /score 200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_WhileTrafficMovesAndDeploymentsComeAndGo_NoRequestFails()
    {
        string endpoint = server.Name("calm");
        string model = await server.ServableModelAsync();
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", model, Roomy);
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        using CancellationTokenSource stop = new();
        Task<int>[] clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            int sent = 0;
            while (!stop.IsCancellationRequested)
            {
                ScoringAnswer answer = await scoring.ScoreAsync();
                Assert.True(answer.Status == 200, $"{answer.Status} {answer.Text}");
                sent++;
            }

            return sent;
        }))];

        for (int round = 0; round < 3; round++)
        {
            await Client.CreateDeploymentAsync(endpoint, "green", model, Roomy);
            await Client.SetTrafficAsync(endpoint, ("blue", 90), ("green", 10));
            await Client.SetTrafficAsync(endpoint, ("blue", 0), ("green", 100));
            await Client.SucceedAsync(await Client.PatchAsync(
                $"/onlineEndpoints/{endpoint}/deployments/green", new JsonObject { ["sku"] = new JsonObject { ["name"] = "Default", ["capacity"] = 2 } }));
            await Client.CreateDeploymentAsync(endpoint, "green", model, Roomy);
            await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));
            await Client.SetTrafficAsync(endpoint, ("blue", 100));
            await Client.SucceedAsync(await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/green"));
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), sent => Assert.True(sent > 0));
    }

    [Fact]
    public async Task Deploy_StartFailureOnRequest_FailsWithTheCodeAndKeepsTheLog()
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "OutOfQuota" };

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body));

        Assert.Equal("Failed", status["status"]!.GetValue<string>());
        Assert.Equal("OutOfQuota", status["error"]!["code"]!.GetValue<string>());
        string log = (await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/blue/getLogs")).Body["content"]!.GetValue<string>();
        Assert.Contains("EMULATOR_START_FAILURE", log, StringComparison.Ordinal);
    }

    private static void Roomy(JsonObject body) =>
        body["properties"]!["requestSettings"] = new JsonObject { ["maxConcurrentRequestsPerInstance"] = 32, ["requestTimeout"] = "PT60S" };

    private async Task<string> FaultyEndpointAsync(string variable, string value, int concurrency, string timeout)
    {
        string endpoint = server.Name("faulty");
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync(), body =>
        {
            body["properties"]!["environmentVariables"] = new JsonObject { [variable] = value };
            body["properties"]!["requestSettings"] = new JsonObject { ["maxConcurrentRequestsPerInstance"] = concurrency, ["requestTimeout"] = timeout };
        });
        return endpoint;
    }
}
