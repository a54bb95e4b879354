using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Python;

/// <summary>
/// A model folder as MLflow 2.1 wrote it: a cloudpickled scikit-learn pipeline with an XGBoost classifier, no ONNX flavor. Made at test time by
/// <c>mlflow_2_1_folder.py</c> with Debian's libraries.
/// </summary>
[Collection(EmulatorCollection.Name)]
public sealed class Mlflow21FolderTests(EmulatorServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ControlPlaneClient Client => server.Client;

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("map")]
    [InlineData("text")]
    public async Task Deploy_FolderOfMlflow21_ScoresAsThePipelineItself(string environment)
    {
        JsonNode own = await PythonModels.WriteMlflow21Async(_folder.Path, environment);
        string[] rows = [.. own["rows"]!.AsArray().Select(row => row!.ToJsonString())];
        string endpoint = server.Name("two-one");
        await Client.CreateEndpointAsync(endpoint);

        await Client.CreateDeploymentAsync(endpoint, "blue", await Client.RegisterModelAsync(endpoint, "1", _folder.Path));

        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        List<int> labels = [];
        foreach (string[] some in rows.Chunk(100))
        {
            ScoringAnswer answer = await scoring.ScoreAsync(ScoringClient.Body(some), pin: "blue");
            Assert.True(answer.Status == 200, answer.Text);
            labels.AddRange(answer.Labels);
        }

        Assert.Equal(own["predictions"]!.Deserialize<int[]>(), labels);
        Assert.Contains(0, labels);
        Assert.Contains(1, labels);
        string log = await LogAsync(endpoint);
        Assert.Contains("needs: cloudpickle, numpy, pandas, sklearn, xgboost", log, StringComparison.Ordinal);
        Assert.Contains("the model's input example scored", log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Deploy_FolderOfMlflow21_SwaggerTellsTheColumnsOfItsSignature()
    {
        JsonNode own = await PythonModels.WriteMlflow21Async(_folder.Path, "map");
        string endpoint = server.Name("two-one");
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", await Client.RegisterModelAsync(endpoint, "1", _folder.Path));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        JsonNode swagger = JsonNode.Parse((await scoring.GetAsync("swagger.json", pin: "blue")).Text)!;

        JsonArray columns = swagger["definitions"]!["ServiceInput"]!["properties"]!["input_data"]!["x-mlflow-columns"]!.AsArray();
        Assert.Equal(own["columns"]!.Deserialize<string[]>(), columns.Select(column => column!["name"]!.GetValue<string>()));
        Assert.Equal("string", columns[^1]!["x-mlflow-type"]!.GetValue<string>());
    }

    private async Task<string> LogAsync(string endpoint)
        => (await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/blue/getLogs", new JsonObject { ["tail"] = 500 })).Body["content"]!.GetValue<string>();
}
