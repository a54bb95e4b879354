using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Python;

/// <summary>Models served by Python workers, over HTTPS.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class PythonFlavorTests(EmulatorServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ControlPlaneClient Client => server.Client;

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Score_SklearnFlavorOfTheExample_EqualsTheOnnxFlavorAndTheCommittedOutputs(int version)
    {
        PythonModels.RequireExampleLibraries();
        string endpoint = server.Name("alike");
        string model = await Client.RegisterModelAsync(endpoint, "1", ExampleModels.Version(version));
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "onnx", model);
        await Client.CreateDeploymentAsync(endpoint, "sklearn", model, body => Variables(body, ("EMULATOR_FLAVOR", "sklearn")));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);

        List<int> labels = [];
        foreach (string[] rows in ScoringClient.Rows().Chunk(100))
        {
            ScoringAnswer python = await scoring.ScoreAsync(ScoringClient.Body(rows), pin: "sklearn");
            ScoringAnswer onnx = await scoring.ScoreAsync(ScoringClient.Body(rows), pin: "onnx");
            Assert.True(python.Status == 200, python.Text);
            Assert.Equal(onnx.Text, python.Text);
            labels.AddRange(python.Labels);
        }

        Assert.Equal(ScoringClient.ExpectedLabels(version), labels);
        string log = await LogAsync(endpoint, "sklearn");
        Assert.Contains("Model loaded by", log, StringComparison.Ordinal);
        Assert.Contains("the model's input example scored", log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Score_WhatTheSignatureRefuses_IsAnsweredAsTheOnnxFlavorDoes()
    {
        PythonModels.RequireExampleLibraries();
        string endpoint = server.Name("refuse");
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "onnx", await server.ServableModelAsync());
        await Client.CreateDeploymentAsync(endpoint, "sklearn", await server.ServableModelAsync(), body => Variables(body, ("EMULATOR_FLAVOR", "sklearn")));
        using ScoringClient scoring = await ScoringClient.OfAsync(Client, endpoint);
        string row = ScoringClient.Rows()[0];
        string[] bodies =
        [
            string.Empty,
            "{\"input_data\":",
            "{\"data\":[]}",
            "{\"input_data\":{\"columns\":[\"age\"],\"index\":[0],\"data\":[[1]]}}",
            "{\"input_data\":[[1,2]]}",
            "{\"input_data\":[{\"age\":1}]}",
            ScoringClient.Body([row.Replace("[56,", "[\"56\",", StringComparison.Ordinal)]),
            ScoringClient.Body([row.Replace("[56,", "[5.5,", StringComparison.Ordinal)]),
            ScoringClient.Body([row.Replace("[56,", "[null,", StringComparison.Ordinal)]),
            ScoringClient.Body([row.Replace("\"reversible\"", "null", StringComparison.Ordinal)]),
            $"{{\"params\":{{\"a\":1}},\"input_data\":[{row}]}}",
        ];

        foreach (string body in bodies)
        {
            ScoringAnswer python = await scoring.ScoreAsync(body, pin: "sklearn");
            ScoringAnswer onnx = await scoring.ScoreAsync(body, pin: "onnx");
            Assert.Equal((onnx.Status, onnx.Text), (python.Status, python.Text));
            Assert.Equal(onnx.Headers.GetValueOrDefault("ms-azureml-model-error-statuscode"), python.Headers.GetValueOrDefault("ms-azureml-model-error-statuscode"));
        }

        ScoringAnswer pythonSwagger = await scoring.GetAsync("swagger.json", pin: "sklearn");
        ScoringAnswer onnxSwagger = await scoring.GetAsync("swagger.json", pin: "onnx");
        Assert.Equal(onnxSwagger.Text, pythonSwagger.Text);
    }

    [SkippableFact]
    public async Task Deploy_ModelWithPythonFlavorsOnly_IsServed()
    {
        PythonModels.RequireExampleLibraries();
        PythonModels.WriteSklearnOnly(_folder, 2);
        using ScoringClient scoring = await DeployAsync("only", body => body["sku"]!["capacity"] = 2);

        ScoringAnswer answer = await scoring.ScoreAsync(ScoringClient.Body(ScoringClient.Rows()[..5]), pin: "blue");

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(ScoringClient.ExpectedLabels(2)[..5], answer.Labels);
    }

    [SkippableTheory]
    [InlineData("xgboost.core.Booster", "booster")]
    [InlineData("xgboost.sklearn.XGBClassifier", "classifier")]
    public async Task Score_XgboostFlavor_GivesTheLibrarysOwnPredictions(string modelClass, string kind)
    {
        string interpreter = Requirement.PythonModules("xgboost", "pandas");
        string expected = await PythonModels.RunAsync(interpreter, """
            import json, sys, numpy, pandas, xgboost
            path, kind = sys.argv[1:]
            data = pandas.DataFrame({"a": numpy.arange(40, dtype="float64"), "b": numpy.arange(40, dtype="int64") % 7})
            target = (data["a"] * 3 + data["b"] > 60).astype(int)
            if kind == "booster":
                model = xgboost.train({"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(data, target), 5)
                answer = model.predict(xgboost.DMatrix(data))
            else:
                model = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(data, target)
                answer = model.predict(data)
            model.save_model(path)
            print(json.dumps(answer.tolist()))
            """, _folder["model.json"], kind);
        _folder.Write("MLmodel", $$"""
            flavors:
              python_function:
                loader_module: mlflow.xgboost
                data: model.json
              xgboost:
                data: model.json
                model_class: {{modelClass}}
            signature:
              inputs: '[{"type": "double", "name": "a"}, {"type": "long", "name": "b"}]'
            """);
        using ScoringClient scoring = await DeployAsync("xgb");

        ScoringAnswer answer = await scoring.ScoreAsync(
            PythonModels.Body(new[] { "a", "b" }, Enumerable.Range(0, 40).Select(i => new double[] { i, i % 7 })).Replace("\"index\":[],", string.Empty, StringComparison.Ordinal), pin: "blue");

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(JsonSerializer.Deserialize<double[]>(expected)!, JsonSerializer.Deserialize<double[]>(answer.Text)!);
    }

    [SkippableTheory]
    [InlineData("return data.assign(y=data['x'] * 2)", """[{"x":1,"s":"ä","y":2},{"x":2,"s":null,"y":4}]""")]
    [InlineData("return data['x'] / 3 * float('nan')", """[{"x":null},{"x":null}]""")]
    [InlineData("import numpy; return numpy.array([[1.5, 2], [3, float('inf')]])", "[[1.5,2.0],[3.0,null]]")]
    [InlineData("return {'kinds': [str(t) for t in data.dtypes], 'rows': len(data)}", """{"kinds":["int64","object"],"rows":2}""")]
    public async Task Score_LoaderModuleOfTheModel_AnswersAsTheServicesScriptDoes(string predict, string expected)
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, $"def predict(data):\n    {predict}\n");
        using ScoringClient scoring = await DeployAsync("own");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"columns":["x","s"],"index":[0,1],"data":[[1,"ä"],[2,null]]}}""", pin: "blue");

        Assert.Equal((200, expected), (answer.Status, answer.Text));
    }

    [SkippableFact]
    public async Task Score_ModelWithoutSignature_GetsTheInputAsItCame()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, "def predict(data):\n    return [type(data).__name__, getattr(data, 'shape', None)]\n", signature: null);
        using ScoringClient scoring = await DeployAsync("free");

        Assert.Equal("""["DataFrame",[1,2]]""", (await scoring.ScoreAsync("""{"input_data":{"columns":["a","b"],"index":[7],"data":[[1,"x"]]}}""", pin: "blue")).Text);
        Assert.Equal("""["ndarray",[2,2]]""", (await scoring.ScoreAsync("""{"input_data":[[1,2],[3,4]]}""", pin: "blue")).Text);
        Assert.Equal("""["dict",null]""", (await scoring.ScoreAsync("""{"input_data":{"a":[1]}}""", pin: "blue")).Text);
    }

    [SkippableFact]
    public async Task Score_ModelThatRaises_Is424AndTheLogHasTheTraceback()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, "def predict(data):\n    print('heard', len(data))\n    raise ValueError('the planets are not aligned')\n");
        string endpoint = string.Empty;
        using ScoringClient scoring = await DeployAsync("raise", created: name => endpoint = name);

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"columns":["x","s"],"index":[0],"data":[[1,"a"]]}}""", pin: "blue");

        Assert.Equal((424, "500"), (answer.Status, answer.Headers["ms-azureml-model-error-statuscode"]));
        Assert.Equal("True", answer.Headers["x-ms-run-function-failed"]);
        Assert.Contains("ValueError: the planets are not aligned", answer.Text, StringComparison.Ordinal);
        string log = await LogAsync(endpoint, "blue");
        Assert.Contains("heard 1", log, StringComparison.Ordinal);
        Assert.Contains("Traceback", log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Deploy_ModelThatDoesNotLoad_FailsWithThePythonErrorInMessageAndLog()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, "import a_module_that_is_nowhere\n");
        string endpoint = server.Name("broken");
        await Client.CreateEndpointAsync(endpoint);
        string model = await Client.RegisterModelAsync(endpoint, "1", _folder.Path);

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(model)));

        Assert.Equal("ResourceNotReady", status["error"]!["code"]!.GetValue<string>());
        Assert.Contains("a_module_that_is_nowhere", status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("ModuleNotFoundError", await LogAsync(endpoint, "blue"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Deploy_NothingImportsWhatTheModelNeeds_SaysWhatWasTriedAndWhatToInstall()
    {
        _folder.Write("MLmodel", "flavors:\n  lightgbm:\n    data: model.lgb\n  python_function:\n    loader_module: mlflow.pyfunc.model\n");
        _folder.Write("model.lgb", "tree");
        string endpoint = server.Name("lacking");
        await Client.CreateEndpointAsync(endpoint);
        string model = await Client.RegisterModelAsync(endpoint, "1", _folder.Path);
        Skip.If(Requirement.FindPython("mlflow") is not null, "an interpreter here has mlflow");

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(model)));

        Assert.Equal("ResourceNotReady", status["error"]!["code"]!.GetValue<string>());
        string message = status["error"]!["message"]!.GetValue<string>();
        Assert.Contains("no Python interpreter here imports what the model", message, StringComparison.Ordinal);
        Assert.Matches("-m pip install .*mlflow", message);
        Assert.Contains("--python", message, StringComparison.Ordinal);
        Assert.Contains("no Python interpreter here imports", await LogAsync(endpoint, "blue"), StringComparison.Ordinal);
    }

    private static void Variables(JsonObject body, params (string Name, string Value)[] variables)
    {
        JsonObject all = [];
        foreach ((string name, string value) in variables)
        {
            all[name] = value;
        }

        body["properties"]!["environmentVariables"] = all;
        body["properties"]!["requestSettings"] = new JsonObject { ["requestTimeout"] = "PT60S" };
    }

    private async Task<ScoringClient> DeployAsync(string prefix, Action<JsonObject>? change = null, Action<string>? created = null)
    {
        string endpoint = server.Name(prefix);
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", await Client.RegisterModelAsync(endpoint, "1", _folder.Path), body =>
        {
            Variables(body);
            change?.Invoke(body);
        });
        created?.Invoke(endpoint);
        return await ScoringClient.OfAsync(Client, endpoint);
    }

    private async Task<string> LogAsync(string endpoint, string deployment)
    {
        ControlPlaneAnswer answer = await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/{deployment}/getLogs", new JsonObject { ["tail"] = 500 });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Body["content"]!.GetValue<string>();
    }
}
