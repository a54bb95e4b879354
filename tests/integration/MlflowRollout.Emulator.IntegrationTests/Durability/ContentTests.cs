using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>Content that is lost or damaged between two runs: it is found at the start, said, and harms nothing else.</summary>
public sealed class ContentTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_LostOrCutShort_IsRestoredFromTheModelFolder(bool lost)
    {
        await PrepareAsync();
        string file = ContentOf("model-v1");
        byte[] good = await File.ReadAllBytesAsync(file);
        await (lost ? DeleteAsync(file) : File.WriteAllBytesAsync(file, good[..^1]));

        await using EmulatorProcess emulator = await StartAsync();

        Assert.Contains("restored from the model folder", emulator.Log, StringComparison.Ordinal);
        Assert.Equal(good, await File.ReadAllBytesAsync(file));
        await ServesAsync(emulator, "blue", 1);
        await ServesAsync(emulator, "green", 2);
    }

    [Fact]
    public async Task Content_OfTheSameLengthButOther_IsFoundWhileItServes()
    {
        await PrepareAsync();
        string file = ContentOf("model-v1");
        byte[] good = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, new byte[good.Length]);

        await using EmulatorProcess emulator = await StartAsync();
        string line = await emulator.WaitForLineAsync(text => text.Contains("was damaged in the data folder", StringComparison.Ordinal), Patience);

        Assert.Contains("heart-1/model/model.onnx", line, StringComparison.Ordinal);
        Assert.Contains("restored", line, StringComparison.Ordinal);
        Assert.Equal(good, await File.ReadAllBytesAsync(file));
        await ServesAsync(emulator, "blue", 1);
    }

    [Fact]
    public async Task Content_ThatCannotBeRestored_FailsItsDeploymentAlone_UntilTheModelIsRegisteredAgain()
    {
        await PrepareAsync();
        string file = ContentOf("model-v1");
        File.Delete(file);
        DeleteModelFolderOf("model-v1");

        await using (EmulatorProcess emulator = await StartAsync())
        {
            ControlPlaneClient client = new(emulator);
            Assert.Contains("heart-1/model/model.onnx", emulator.Log, StringComparison.Ordinal);
            Assert.Contains("cannot be restored. Register the model again", emulator.Log, StringComparison.Ordinal);
            Assert.Contains("The deployment heart-content/blue did not start again", emulator.Log, StringComparison.Ordinal);
            Assert.Equal("Failed", await StateAsync(client, "blue"));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/models/heart/versions/1")).Status);
            await ServesAsync(emulator, "green", 2);

            // Another deployment of the model says why it cannot be.
            JsonNode status = await client.CompleteAsync(
                await client.PutAsync("/onlineEndpoints/heart-content/deployments/red", Bodies.Deployment(client.ModelId("heart", "1"))));
            Assert.Contains("'model.onnx' is missing from the emulator's data folder", status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);

            await client.UploadAsync("heart", "1", ExampleModels.V1);
            await emulator.StopAsync();
        }

        await using EmulatorProcess again = await StartAsync();
        Assert.Equal("Succeeded", await StateAsync(new ControlPlaneClient(again), "blue"));
        await ServesAsync(again, "blue", 1);
    }

    private static Task DeleteAsync(string file)
    {
        File.Delete(file);
        return Task.CompletedTask;
    }

    private static async Task<string> StateAsync(ControlPlaneClient client, string deployment) =>
        (await client.GetAsync($"/onlineEndpoints/heart-content/deployments/{deployment}")).Body["properties"]!["provisioningState"]!.GetValue<string>();

    private static async Task ServesAsync(EmulatorProcess emulator, string deployment, int version)
    {
        using ScoringClient scoring = await ScoringClient.OfAsync(new ControlPlaneClient(emulator), "heart-content");
        ScoringAnswer answer = await scoring.ScoreAsync(ScoringClient.Body(ScoringClient.Rows()[..5]), pin: deployment);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(ScoringClient.ExpectedLabels(version)[..5], answer.Labels);
    }

    private async Task PrepareAsync()
    {
        await using EmulatorProcess emulator = await StartAsync();
        ControlPlaneClient client = new(emulator);
        await client.CreateEndpointAsync("heart-content");
        await client.CreateDeploymentAsync("heart-content", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
        await client.CreateDeploymentAsync("heart-content", "green", await client.RegisterModelAsync("heart", "2", ExampleModels.V2));
        await emulator.StopAsync();
    }

    private string ContentOf(string model)
    {
        byte[] wanted = File.ReadAllBytes(Path.Combine(ExampleModels.HeartClassifier, model, "model.onnx"));
        return Directory.EnumerateFiles(_folder["data", "content"], "*", SearchOption.AllDirectories).Single(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(wanted));
    }

    private void DeleteModelFolderOf(string model)
    {
        byte[] wanted = File.ReadAllBytes(Path.Combine(ExampleModels.HeartClassifier, model, "model.onnx"));
        string file = Directory.EnumerateFiles(_folder["data", "models"], "model.onnx", SearchOption.AllDirectories).Single(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(wanted));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private Task<EmulatorProcess> StartAsync() => EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });
}
