using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving;

public sealed class ServingPlaneTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServingPlane _plane = new(TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _plane.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_ExampleModel_IsReadyAndLogsInTheServersFormat()
    {
        await _plane.StartAsync(ServedModel.Specification(ExampleModels.V1), default);

        var log = _plane.GetLog("HEART", "Blue", DeploymentContainer.InferenceServer, 100);
        Assert.All(
            log.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [IWE] \[\d+\] azmlinfsrv - .+$", line));
        Assert.Contains("Readiness probe: the model's input example scored", log, StringComparison.Ordinal);
        Assert.Single(_plane.GetLog("heart", "blue", DeploymentContainer.InferenceServer, 1).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("flavors", _plane.GetLog("heart", "blue", DeploymentContainer.StorageInitializer, 100), StringComparison.Ordinal);

        _plane.ForgetLog("heart", "blue");
        Assert.Empty(_plane.GetLog("heart", "blue", DeploymentContainer.InferenceServer, 100));
    }

    [Fact]
    public async Task Start_WithoutModel_IsABadArgument()
        => await FailsAsync(ServedModel.Specification(null), "BadArgument", "names no model");

    [Fact]
    public async Task Start_FolderWithoutMLmodel_IsABadArgument()
        => await FailsAsync(ServedModel.Specification(_folder.Path), "BadArgument", "'MLmodel'");

    [Fact]
    public async Task Start_NoServableFlavor_NamesThoseFoundAndThoseServed()
    {
        _folder.Write("MLmodel", "flavors:\n  spark: {}\n  mleap: {}\n");

        await FailsAsync(ServedModel.Specification(_folder.Path), "BadArgument", "Flavors found: spark, mleap; served: onnx, python_function, sklearn, xgboost, lightgbm");
    }

    [Theory]
    [InlineData("xgboost", "does not have")]
    [InlineData("nonsense", "does not serve")]
    public async Task Start_FlavorAskedForIsNotServed_SaysSo(string flavor, string expected)
        => await FailsAsync(ServedModel.Specification(ExampleModels.V1, new() { ["EMULATOR_FLAVOR"] = flavor }), "BadArgument", expected);

    [Fact]
    public async Task Start_OnnxFileMissing_IsABadArgument()
    {
        _folder.Write("MLmodel", "flavors:\n  onnx:\n    data: gone.onnx\n");

        await FailsAsync(ServedModel.Specification(_folder.Path), "BadArgument", "'gone.onnx'");
    }

    [Fact]
    public async Task Start_OnnxFileBroken_IsACrashedContainer()
    {
        _folder.Write("MLmodel", "flavors:\n  onnx:\n    data: model.onnx\n");
        _folder.Write("model.onnx", "this is no graph");

        await FailsAsync(ServedModel.Specification(_folder.Path), "ResourceNotReady", "User container has crashed or terminated");
    }

    [Fact]
    public async Task Start_ExampleThatTheModelRefuses_FailsTheProbe()
    {
        CopyModel();
        _folder.Write("input_example.json", """{"columns":["age"],"data":[[1]]}""");

        await FailsAsync(ServedModel.Specification(_folder.Path), "ResourceNotReady", "Readiness probe failed");
    }

    [Fact]
    public async Task Start_NoExample_ScoresAMadeUpRow()
    {
        CopyModel();
        File.Delete(_folder["input_example.json"]);

        await _plane.StartAsync(ServedModel.Specification(_folder.Path), default);

        Assert.Contains("made-up row", _plane.GetLog("heart", "blue", DeploymentContainer.InferenceServer, 100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SignatureAndGraphDiffer_SaysWhich()
    {
        CopyModel();
        _folder.Write("MLmodel", File.ReadAllText(_folder["MLmodel"]).Replace("\"name\": \"chol\"", "\"name\": \"cholesterol\"", StringComparison.Ordinal));

        await FailsAsync(ServedModel.Specification(_folder.Path), "BadArgument", "cholesterol");
    }

    [Fact]
    public async Task Start_UnknownPredictOutput_NamesTheOutputs()
    {
        CopyModel();
        _folder.Write("MLmodel", File.ReadAllText(_folder["MLmodel"]).Replace("predict_output: label", "predict_output: lable", StringComparison.Ordinal));

        await FailsAsync(ServedModel.Specification(_folder.Path), "BadArgument", "label, probabilities");
    }

    [Fact]
    public async Task Start_OnnxLoader_AnswersRecordsByOutputName()
    {
        CopyModel();
        _folder.Write("MLmodel", File.ReadAllText(_folder["MLmodel"]).Replace("mlflow.sklearn", "mlflow.onnx", StringComparison.Ordinal));
        await using var model = await ServedModel.StartAsync(_folder.Path);

        var answer = await model.ScoreAsync(ServedModel.Split($"[{string.Join(',', ServedModel.ExampleRows().Take(5))}]"));

        using var records = JsonDocument.Parse(answer.Body);
        Assert.Equal(ServedModel.ExpectedLabels(1).Take(5), records.RootElement.EnumerateArray().Select(r => r.GetProperty("label").GetInt32()));
        Assert.All(
            records.RootElement.EnumerateArray(),
            r => Assert.Equal(1, r.GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble()), 5));
    }

    [Theory]
    [InlineData("EMULATOR_ERROR_RATE", "1.5")]
    [InlineData("EMULATOR_ERROR_RATE", "-0.1")]
    [InlineData("EMULATOR_ERROR_RATE", "0,5")]
    [InlineData("EMULATOR_ERROR_RATE", "10%")]
    [InlineData("EMULATOR_ERROR_RATE", "NaN")]
    [InlineData("EMULATOR_EXTRA_LATENCY_MS", "slow")]
    [InlineData("EMULATOR_EXTRA_LATENCY_MS", "-1")]
    [InlineData("EMULATOR_START_FAILURE", "maybe")]
    [InlineData("EMULATOR_SEED", "x")]
    [InlineData("EMULATOR_EROR_RATE", "0.1")]
    public async Task Start_BadEmulatorVariable_FailsAndNamesIt(string name, string value)
        => await FailsAsync(ServedModel.Specification(ExampleModels.V1, new() { [name] = value }), "BadArgument", name);

    [Theory]
    [InlineData("true", "ResourceNotReady")]
    [InlineData("1", "ResourceNotReady")]
    [InlineData("OutOfQuota", "OutOfQuota")]
    [InlineData("imagebuildfailure", "ImageBuildFailure")]
    public async Task Start_FailureOnRequest_HasTheCodeAndALog(string value, string code)
    {
        await FailsAsync(ServedModel.Specification(ExampleModels.V1, new() { ["EMULATOR_START_FAILURE"] = value }), code, string.Empty);

        Assert.Contains("Fault on request", _plane.GetLog("heart", "blue", DeploymentContainer.InferenceServer, 100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ErrorsOnRequest_AreRepeatableWithASeed()
    {
        var first = await OutcomesAsync();
        var second = await OutcomesAsync();

        Assert.Equal(first, second);
        Assert.InRange(first.Count(s => s == 500), 30, 70);
        Assert.All(first, s => Assert.True(s is 200 or 500));
    }

    [Fact]
    public async Task Score_LatencyOnRequest_WaitsOnTheClock()
    {
        var clock = new FakeTimeProvider();
        await using var plane = new ServingPlane(clock);
        var running = (RunningDeployment)await plane.StartAsync(
            ServedModel.Specification(ExampleModels.V1, new() { ["EMULATOR_EXTRA_LATENCY_MS"] = "200" }), default);
        using var exchange = new ModelExchange();
        exchange.Begin(System.Text.Encoding.UTF8.GetBytes(ServedModel.Split($"[{ServedModel.Row}]")), null, long.MaxValue);

        var scoring = running.Server.ScoreAsync(exchange, default).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(scoring.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await scoring;

        Assert.Equal(200, exchange.Status);
        Assert.True(exchange.ExecutionMilliseconds >= 200);
        Assert.False(running.Server.EnforcesDeadline);
    }

    [Fact]
    public async Task Swagger_ExampleModel_HasTheColumnsWithMLflowsTypes()
    {
        await using var model = await ServedModel.StartAsync(ExampleModels.V1);
        using var swagger = JsonDocument.Parse(model.Server.Description.Swagger2);
        var paths = swagger.RootElement.GetProperty("paths");
        var input = swagger.RootElement.GetProperty("definitions").GetProperty("ServiceInput");
        var columns = input.GetProperty("properties").GetProperty("input_data").GetProperty("x-mlflow-columns");

        Assert.Equal("ServiceHealthCheck", paths.GetProperty("/").GetProperty("get").GetProperty("operationId").GetString());
        Assert.Equal("RunMLService", paths.GetProperty("/score").GetProperty("post").GetProperty("operationId").GetString());
        Assert.Equal(ServedModel.Columns, columns.EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        Assert.Equal(
            ["long", "double", "string"],
            new[] { 0, 9, 12 }.Select(i => columns[i].GetProperty("x-mlflow-type").GetString()));
        Assert.All(columns.EnumerateArray(), c => Assert.True(c.GetProperty("required").GetBoolean()));

        // The example is a request that works.
        Assert.Equal(200, (await model.ScoreAsync(input.GetProperty("example").GetRawText())).Status);

        using var third = JsonDocument.Parse(model.Server.Description.Swagger3);
        Assert.StartsWith("3.0", third.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(third.RootElement.GetProperty("components").GetProperty("schemas").TryGetProperty("ServiceInput", out _));
    }

    private static async Task<List<int>> OutcomesAsync()
    {
        await using var model = await ServedModel.StartAsync(
            ExampleModels.V1, new() { ["EMULATOR_ERROR_RATE"] = "0.5", ["EMULATOR_SEED"] = "42" });
        var outcomes = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            outcomes.Add((await model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"))).Status);
        }

        return outcomes;
    }

    private void CopyModel()
    {
        foreach (var file in new[] { "MLmodel", "model.onnx", "input_example.json" })
        {
            File.Copy(Path.Combine(ExampleModels.V1, file), _folder[file]);
        }

        // The pickle is not needed to serve the graph.
        File.WriteAllText(_folder["model.pkl"], string.Empty);
    }

    private async Task FailsAsync(DeploymentSpecification specification, string code, string message)
    {
        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => _plane.StartAsync(specification, default));

        Assert.Equal(code, failure.Code);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Message.Split('\n')[0], _plane.GetLog("heart", "blue", DeploymentContainer.InferenceServer, 100), StringComparison.Ordinal);
    }
}
