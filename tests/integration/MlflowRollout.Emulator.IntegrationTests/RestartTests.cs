using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

/// <summary>What a restart on the same folder finds.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterStopOrKill_ServesTheSameAtTheSamePort(bool kill)
    {
        int port;
        string key;
        string operation;
        await using (EmulatorProcess first = await StartAsync())
        {
            ControlPlaneClient client = new(first);
            await client.CreateEndpointAsync("heart-restart");
            await client.CreateDeploymentAsync("heart-restart", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
            await client.CreateDeploymentAsync("heart-restart", "green", await client.RegisterModelAsync("heart", "2", ExampleModels.V2));
            await client.SetTrafficAsync("heart-restart", ("green", 100));
            key = await KeyAsync(client);
            operation = (await client.GetAsync("/onlineEndpoints/heart-restart")).Body["properties"]!["properties"]!["AzureAsyncOperationUri"]!.GetValue<string>();
            port = first.ArmEndpoint.Port;
            await (kill ? first.KillAsync() : first.StopAsync());
        }

        await using EmulatorProcess second = await StartAsync();
        ControlPlaneClient again = new(second);
        JsonNode endpoint = (await again.GetAsync("/onlineEndpoints/heart-restart")).Body;

        Assert.Equal(port, second.ArmEndpoint.Port);
        Assert.Equal("""{"green":100}""", endpoint["properties"]!["traffic"]!.ToJsonString());
        Assert.Equal("Succeeded", (await again.GetAsync("/onlineEndpoints/heart-restart/deployments/blue")).Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Equal(key, await KeyAsync(again));
        Assert.Equal("Succeeded", (await again.SendRawAsync(HttpMethod.Get, operation, null)).Body["status"]!.GetValue<string>());
        Assert.Equal("green", await ScoreAsync(second, key));
    }

    [Fact]
    public async Task Restart_InTheMiddleOfOperations_ResumesAndFinishesThem()
    {
        ControlPlaneAnswer accepted;
        await using (EmulatorProcess first = await StartAsync("30s"))
        {
            ControlPlaneClient client = new(first);
            accepted = await client.PutAsync("/onlineEndpoints/heart-resumed", Bodies.Endpoint());
            Assert.Equal(HttpStatusCode.Created, accepted.Status);
            await first.KillAsync();
        }

        await using EmulatorProcess second = await StartAsync();
        ControlPlaneClient again = new(second);
        await again.SucceedAsync(accepted);

        Assert.Equal("Succeeded", (await again.GetAsync("/onlineEndpoints/heart-resumed")).Body["properties"]!["provisioningState"]!.GetValue<string>());
    }

    [Fact]
    public async Task Restart_WithLostModelContent_StartsAndShowsTheDeploymentAsFailed()
    {
        await using (EmulatorProcess first = await StartAsync())
        {
            ControlPlaneClient client = new(first);
            await client.CreateEndpointAsync("heart-lost");
            await client.CreateDeploymentAsync("heart-lost", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
            await first.StopAsync();
        }

        Directory.Delete(_folder["data", "content"], recursive: true);
        Directory.Delete(_folder["data", "models"], recursive: true);
        await using EmulatorProcess second = await StartAsync();
        ControlPlaneClient again = new(second);

        JsonNode deployment = (await again.GetAsync("/onlineEndpoints/heart-lost/deployments/blue")).Body;

        Assert.Equal("Failed", deployment["properties"]!["provisioningState"]!.GetValue<string>());
    }

    [Fact]
    public async Task Restart_WithADamagedModelFolder_WritesItAnew()
    {
        await using (EmulatorProcess first = await StartAsync())
        {
            ControlPlaneClient client = new(first);
            await client.CreateEndpointAsync("heart-restart");
            await client.CreateDeploymentAsync("heart-restart", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
            await client.SetTrafficAsync("heart-restart", ("blue", 100));
            await first.StopAsync();
        }

        string model = Assert.Single(Directory.GetFiles(_folder["data", "models"], "model.onnx", SearchOption.AllDirectories));
        byte[] good = await File.ReadAllBytesAsync(model);
        await File.WriteAllBytesAsync(model, new byte[good.Length]);
        await using EmulatorProcess second = await StartAsync();

        Assert.Equal("blue", await ScoreAsync(second, await KeyAsync(new ControlPlaneClient(second))));
        Assert.Equal(good, await File.ReadAllBytesAsync(model));
    }

    [Fact]
    public async Task Restart_AfterDeletions_RemovesFilesThatNobodyNeeds()
    {
        await using (EmulatorProcess first = await StartAsync())
        {
            ControlPlaneClient client = new(first);
            await client.CreateEndpointAsync("heart-restart");
            await client.CreateDeploymentAsync("heart-restart", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
            await client.CreateDeploymentAsync("heart-restart", "green", await client.RegisterModelAsync("heart", "2", ExampleModels.V2));
            await client.SetTrafficAsync("heart-restart", ("blue", 100));
            await client.SucceedAsync(await client.DeleteAsync("/onlineEndpoints/heart-restart/deployments/green"));
            await first.StopAsync();
        }

        string orphan = _folder.Write(Path.Combine("data", "content", "00", new string('0', 64)), "left by a crash");
        int before = Directory.GetDirectories(_folder["data", "models"]).Length;
        await using EmulatorProcess second = await StartAsync();

        Assert.Equal(2, before);
        Assert.Single(Directory.GetDirectories(_folder["data", "models"]));
        Assert.False(File.Exists(orphan));
        Assert.Equal("blue", await ScoreAsync(second, await KeyAsync(new ControlPlaneClient(second))));
    }

    [Fact]
    public async Task Loose_WithAnEnvironment_ServesTheMlflowModelWithoutIt()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], Loose = true });
        ControlPlaneClient client = new(emulator);
        await client.CreateEndpointAsync("heart-restart");
        await client.CreateDeploymentAsync(
            "heart-restart",
            "blue",
            await client.RegisterModelAsync("heart", "1", ExampleModels.V1),
            body => body["properties"]!["environmentId"] = "azureml://registries/azureml/environments/e/versions/1");
        await client.SetTrafficAsync("heart-restart", ("blue", 100));

        Assert.Equal("blue", await ScoreAsync(emulator, await KeyAsync(client)));
    }

    private Task<EmulatorProcess> StartAsync(string delay = "none") =>
        EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], OperationDelay = delay });

    private static async Task<string> KeyAsync(ControlPlaneClient client) =>
        (await client.PostAsync("/onlineEndpoints/heart-restart/listKeys")).Body["primaryKey"]!.GetValue<string>();

    private static async Task<string> ScoreAsync(EmulatorProcess emulator, string key)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/online/heart-restart/score");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new ByteArrayContent(await File.ReadAllBytesAsync(ExampleModels.SampleRequest));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await emulator.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("azureml-model-deployment").Single();
    }
}
