using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

/// <summary>That what the control plane says is what scoring requests meet.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class RolloutTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Walkthrough_BlueToGreen_EachStepIsInEffectWhenItHasSucceeded()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        string key = await KeyAsync(endpoint);

        HttpStatusCode without = (await ScoreAsync(endpoint, key)).Status;
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        (HttpStatusCode Status, string? Deployment, string Text) blue = await ScoreAsync(endpoint, key);
        (HttpStatusCode Status, string? Deployment, string Text) pinned = await ScoreAsync(endpoint, key, "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 0), ("green", 100));
        (HttpStatusCode Status, string? Deployment, string Text) green = await ScoreAsync(endpoint, key);
        await Client.SucceedAsync(await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/blue"));
        (HttpStatusCode Status, string? Deployment, string Text) after = await ScoreAsync(endpoint, key);
        HttpStatusCode gone = (await ScoreAsync(endpoint, key, "blue")).Status;

        Assert.Equal(HttpStatusCode.NotFound, without);
        Assert.Equal((HttpStatusCode.OK, "blue"), (blue.Status, blue.Deployment));
        Assert.Equal(4, JsonNode.Parse(blue.Text)!.AsArray().Count);
        Assert.Equal("green", pinned.Deployment);
        Assert.Equal("green", green.Deployment);
        Assert.Equal((HttpStatusCode.OK, "green"), (after.Status, after.Deployment));
        Assert.Equal(HttpStatusCode.NotFound, gone);
    }

    [Fact]
    public async Task Key_Regenerated_TheOldOneIsRefusedAtOnce()
    {
        string endpoint = await server.EndpointAsync("blue");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        string old = await KeyAsync(endpoint);

        await Client.SucceedAsync(await Client.PostAsync($"/onlineEndpoints/{endpoint}/regenerateKeys", new JsonObject { ["keyType"] = "Primary" }));

        Assert.Equal(HttpStatusCode.Unauthorized, (await ScoreAsync(endpoint, old)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ScoreAsync(endpoint, await KeyAsync(endpoint))).Status);
    }

    [Fact]
    public async Task Token_OfOneEndpoint_IsNotGoodForAnother()
    {
        string first = await TokenEndpointAsync("AMLToken");
        string second = await TokenEndpointAsync("AMLToken");
        string token = (await Client.PostAsync($"/onlineEndpoints/{first}/token")).Body["accessToken"]!.GetValue<string>();

        Assert.Equal(HttpStatusCode.OK, (await ScoreAsync(first, token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ScoreAsync(second, token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ScoreAsync(first, token[..^4] + "AAAA")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ScoreAsync(first, server.Emulator.Token)).Status);
    }

    [Fact]
    public async Task AadTokenEndpoint_TakesTheControlPlanesToken()
    {
        string endpoint = await TokenEndpointAsync("AADToken");

        Assert.Equal(HttpStatusCode.OK, (await ScoreAsync(endpoint, server.Emulator.Token)).Status);
    }

    [Fact]
    public async Task Update_ThatFails_LeavesTheOldServerServing()
    {
        string endpoint = await server.EndpointAsync("blue");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        JsonObject broken = Bodies.Deployment(await server.ServableModelAsync());
        broken["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "ResourceNotReady" };

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", broken));

        Assert.Equal("Failed", status["status"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await ScoreAsync(endpoint, await KeyAsync(endpoint))).Status);
    }

    [Fact]
    public async Task UpdateAndScale_UnderRequests_LoseNone()
    {
        string endpoint = await server.EndpointAsync();
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync(), Admitting);
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        string key = await KeyAsync(endpoint);
        using CancellationTokenSource done = new();
        Task<int>[] callers = [.. Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            int count = 0;
            while (!done.IsCancellationRequested)
            {
                (HttpStatusCode status, _, string text) = await ScoreAsync(endpoint, key);
                Assert.True(status == HttpStatusCode.OK, text);
                count++;
            }

            return count;
        }))];

        for (int round = 1; round <= 5; round++)
        {
            int number = round;
            await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync(), body =>
            {
                Admitting(body);
                body["properties"]!["environmentVariables"] = new JsonObject { ["ROUND"] = $"{number}" };
            });
            await Client.SucceedAsync(await Client.PatchAsync($"/onlineEndpoints/{endpoint}/deployments/blue", new JsonObject { ["sku"] = new JsonObject { ["capacity"] = 1 + (round % 2) } }));
        }

        await done.CancelAsync();
        int[] counts = await Task.WhenAll(callers);
        Assert.All(counts, count => Assert.True(count > 0));
    }

    private static void Admitting(JsonObject body) =>
        body["properties"]!["requestSettings"] = new JsonObject { ["maxConcurrentRequestsPerInstance"] = 32, ["requestTimeout"] = "PT60S", ["maxQueueWait"] = "PT30S" };

    private async Task<string> TokenEndpointAsync(string mode)
    {
        string endpoint = server.Name("endpoint");
        await Client.CreateEndpointAsync(endpoint, mode);
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync());
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        return endpoint;
    }

    private async Task<string> KeyAsync(string endpoint) => (await Client.PostAsync($"/onlineEndpoints/{endpoint}/listKeys")).Body["primaryKey"]!.GetValue<string>();

    private async Task<(HttpStatusCode Status, string? Deployment, string Text)> ScoreAsync(string endpoint, string credential, string? deployment = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/online/{endpoint}/score");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        if (deployment is not null)
        {
            request.Headers.Add("azureml-model-deployment", deployment);
        }

        request.Content = new ByteArrayContent(await File.ReadAllBytesAsync(ExampleModels.SampleRequest));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await server.Emulator.Http.SendAsync(request);
        return (
            response.StatusCode,
            response.Headers.TryGetValues("azureml-model-deployment", out IEnumerable<string>? names) ? names.Single() : null,
            await response.Content.ReadAsStringAsync());
    }
}
