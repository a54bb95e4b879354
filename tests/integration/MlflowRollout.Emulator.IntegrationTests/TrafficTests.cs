using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class TrafficTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Traffic_OfNinetyTen_IsStoredWithTheDeploymentsOwnNames()
    {
        string endpoint = await server.EndpointAsync("Blue", "Green");

        await Client.SetTrafficAsync(endpoint, ("blue", 90), ("green", 10));

        Assert.Equal("""{"Blue":90,"Green":10}""", await TrafficAsync(endpoint));
    }

    [Fact]
    public async Task Traffic_WithExplicitZeros_KeepsThem()
    {
        string endpoint = await server.EndpointAsync("blue", "green");

        await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));

        Assert.Equal("""{"blue":100,"green":0}""", await TrafficAsync(endpoint));
    }

    [Theory]
    [InlineData("""{"blue":90,"green":9}""", "99")]
    [InlineData("""{"blue":110,"green":-10}""", "-10")]
    [InlineData("""{"blue":99.5,"green":0.5}""", "99.5")]
    [InlineData("""{"blue":"100"}""", "\"100\"")]
    [InlineData("""{"blue":null}""", "null")]
    [InlineData("""{"bleu":100}""", "bleu")]
    [InlineData("""{"blue":50,"BLUE":50}""", "BLUE")]
    public async Task Traffic_ThatBreaksARule_IsRefusedAndNothingChanges(string traffic, string named)
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        JsonNode body = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body;
        body["properties"]!["traffic"] = JsonNode.Parse(traffic);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(named, answer.ValidationErrors["Traffic"]!.ToJsonString().Replace("\\u0022", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("""{"blue":100}""", await TrafficAsync(endpoint));
    }

    [Fact]
    public async Task Traffic_AtCreation_IsRefused()
    {
        JsonObject body = Bodies.Endpoint();
        body["properties"]!["traffic"] = new JsonObject { ["blue"] = 100 };

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{server.Name("endpoint")}", body);

        Assert.Contains("does not exist", answer.ValidationErrors["Traffic"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traffic_ToAFailedDeployment_IsRefused()
    {
        string endpoint = await server.EndpointAsync("blue");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "ResourceNotReady" };
        await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/green", body));

        ControlPlaneAnswer answer = await Client.PutTrafficAsync(endpoint, "traffic", ("blue", 90), ("green", 10));

        Assert.Contains("is in state Failed", answer.ValidationErrors["Traffic"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mirror_ToTheIdleDeployment_IsStored()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));

        await Client.SucceedAsync(await Client.PutTrafficAsync(endpoint, "mirrorTraffic", ("green", 50)));

        JsonNode properties = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body["properties"]!;
        Assert.Equal("""{"green":50}""", properties["mirrorTraffic"]!.ToJsonString());
        Assert.Equal("""{"blue":100}""", properties["traffic"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"green":51}""", "50 percent at most")]
    [InlineData("""{"blue":10}""", "not both")]
    [InlineData("""{"green":10,"red":10}""", "Only one deployment")]
    [InlineData("""{"gone":10}""", "does not exist")]
    public async Task Mirror_ThatBreaksARule_IsRefused(string mirror, string reason)
    {
        string endpoint = await server.EndpointAsync("blue", "green", "red");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        JsonNode body = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body;
        body["properties"]!["mirrorTraffic"] = JsonNode.Parse(mirror);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(reason, answer.ValidationErrors["MirrorTraffic"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WhileTheEndpointIsUpdating_IsAConflictSoThatNoChangeIsLost()
    {
        string endpoint = await server.EndpointAsync("blue");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/onlineEndpoints/{endpoint}"));
        ControlPlaneAnswer first = await Client.PutTrafficAsync(endpoint, "traffic", ("blue", 100));

        ControlPlaneAnswer second = await Client.PutTrafficAsync(endpoint, "traffic", ("blue", 0));
        ControlPlaneAnswer deployment = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/green", Bodies.Deployment(await server.ServableModelAsync()));
        await faults.ClearAsync();
        await Client.SucceedAsync(first);

        Assert.Equal(HttpStatusCode.Conflict, second.Status);
        Assert.Equal(HttpStatusCode.Conflict, deployment.Status);
        Assert.Equal($"Cannot create a deployment in endpoint {endpoint} because it is in Updating provisioning state.", deployment.ErrorMessage);
        Assert.Equal("""{"blue":100}""", await TrafficAsync(endpoint));
    }

    [Fact]
    public async Task Put_OfTrafficThatFails_LeavesTheWeightsInEffect()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        await using FaultScope faults = await FaultScope.SetAsync(
            Client,
            Faults.Of("FailOperation", "PUT", $"*/onlineEndpoints/{endpoint}", fault => fault["code"] = "InternalServerError"));

        JsonNode status = await Client.CompleteAsync(await Client.PutTrafficAsync(endpoint, "traffic", ("green", 100)));
        JsonNode after = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body["properties"]!;

        Assert.Equal("InternalServerError", status["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Failed", after["provisioningState"]!.GetValue<string>());
        Assert.Equal("""{"blue":100}""", after["traffic"]!.ToJsonString());
    }

    private async Task<string> TrafficAsync(string endpoint) =>
        (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body["properties"]!["traffic"]!.ToJsonString();
}
