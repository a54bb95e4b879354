using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Python;

/// <summary>What Python models get of each form of a request: parameters, nested types, and inputs that no signature describes.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class PythonInputFormTests(EmulatorServer server) : IDisposable
{
    private const string Parameters =
        """[{"name": "factor", "type": "double", "default": 2.0, "shape": null}, {"name": "since", "type": "datetime", "default": "2024-01-01T00:00:00", "shape": null}, {"name": "names", "type": "string", "default": ["a"], "shape": [-1]}]""";

    private readonly TemporaryFolder _folder = new();

    private ControlPlaneClient Client => server.Client;

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Score_LoaderModuleThatTakesParameters_GetsThemWithDefaultsAndTypes()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(
            _folder, "def predict(data, params):\n    return [float(data['x'].sum()) * params['factor'], type(params['since']).__name__, params['names']]\n", """[{"type": "long", "name": "x"}]""", Parameters);
        string endpoint = string.Empty;
        using ScoringClient scoring = await DeployAsync("params", name => endpoint = name);

        ScoringAnswer plain = await scoring.ScoreAsync("""{"input_data":[[3]]}""", pin: "blue");
        ScoringAnswer given = await scoring.ScoreAsync("""{"params":{"factor":5,"names":["b","c"],"other":1},"input_data":[[3]]}""", pin: "blue");
        ScoringAnswer wrong = await scoring.ScoreAsync("""{"input_data":[[3]],"params":{"factor":"x"}}""", pin: "blue");

        Assert.Equal((200, """[6.0,"datetime",["a"]]"""), (plain.Status, plain.Text));
        Assert.Equal((200, """[15.0,"datetime",["b","c"]]"""), (given.Status, given.Text));
        Assert.Equal((424, "500"), (wrong.Status, wrong.Headers["ms-azureml-model-error-statuscode"]));
        Assert.Contains("Invalid parameters found", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("'factor'", wrong.Text, StringComparison.Ordinal);
        string log = (await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/blue/getLogs", new JsonObject { ["tail"] = 100 })).Body["content"]!.GetValue<string>();
        Assert.Contains("Unrecognized params ['other'] are ignored", log, StringComparison.Ordinal);
        JsonNode swagger = JsonNode.Parse((await scoring.GetAsync("swagger.json", pin: "blue")).Text)!;
        JsonNode described = swagger["definitions"]!["ServiceInput"]!["properties"]!["params"]!["properties"]!;
        Assert.Equal(("double", 2.0), (described["factor"]!["x-mlflow-type"]!.GetValue<string>(), described["factor"]!["default"]!.GetValue<double>()));
        Assert.Equal("[-1]", described["names"]!["x-mlflow-shape"]!.ToJsonString());
    }

    [SkippableFact]
    public async Task Score_XgboostModel_TakesTheParametersOfItsPredictFunction()
    {
        string interpreter = Requirement.PythonModules("xgboost", "pandas");
        string expected = await PythonModels.RunAsync(interpreter, """
            import json, sys, numpy, pandas, xgboost
            data = pandas.DataFrame({"a": numpy.arange(40, dtype="float64")})
            model = xgboost.XGBRegressor(n_estimators=5, n_jobs=1, objective="reg:logistic").fit(data, (data["a"] > 20).astype(int))
            model.save_model(sys.argv[1])
            print(json.dumps([model.predict(data[:2]).tolist(), model.predict(data[:2], output_margin=True).tolist()]))
            """, _folder["model.json"]);
        _folder.Write("MLmodel", """
            flavors:
              python_function:
                loader_module: mlflow.xgboost
                data: model.json
              xgboost:
                data: model.json
                model_class: xgboost.sklearn.XGBRegressor
            signature:
              inputs: '[{"type": "double", "name": "a"}]'
              params: '[{"name": "output_margin", "type": "boolean", "default": false, "shape": null}, {"name": "unknown_to_it", "type": "string", "default": "x", "shape": null}]'
            """);
        using ScoringClient scoring = await DeployAsync("xgbparams");

        ScoringAnswer plain = await scoring.ScoreAsync("""{"input_data":[[0],[1]]}""", pin: "blue");
        ScoringAnswer margin = await scoring.ScoreAsync("""{"input_data":[[0],[1]],"params":{"output_margin":true}}""", pin: "blue");

        double[][] own = JsonSerializer.Deserialize<double[][]>(expected)!;
        Assert.True(plain.Status == 200, plain.Text);
        Assert.Equal(own[0], JsonSerializer.Deserialize<double[]>(plain.Text));
        Assert.Equal(own[1], JsonSerializer.Deserialize<double[]>(margin.Text));
        Assert.NotEqual(own[0], own[1]);
    }

    [SkippableFact]
    public async Task Score_OtherValuesInAColumnOfTexts_ArriveAsTheyAre()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, "def predict(data):\n    return [f'{type(value).__name__} {value}' for value in data['s']]\n", """[{"type": "string", "name": "s"}]""");
        using ScoringClient scoring = await DeployAsync("texts");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"s":["ä\u0062",2,1.50,true,null,""]}}""", pin: "blue");

        Assert.Equal((200, """["str äb","int 2","float 1.5","bool True","NoneType None","str "]"""), (answer.Status, answer.Text));
    }

    [SkippableFact]
    public async Task Score_NamedTensors_ArriveAsArraysOfTheirTypesByName()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(
            _folder,
            "def predict(data):\n    return {name: [str(array.dtype), list(array.shape), array.tolist()] for name, array in data.items()}\n",
            """[{"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}, {"name": "w", "type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]""");
        using ScoringClient scoring = await DeployAsync("tensors");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"w":["a",5],"x":[[1,2.5],[3,4]]}}""", pin: "blue");
        ScoringAnswer shape = await scoring.ScoreAsync("""{"input_data":{"w":["a"],"x":[[1,2,3]]}}""", pin: "blue");
        ScoringAnswer missing = await scoring.ScoreAsync("""{"input_data":{"x":[[1,2]]}}""", pin: "blue");

        Assert.Equal((200, """{"x":["float32",[2,2],[[1.0,2.5],[3.0,4.0]]],"w":["object",[2],["a","5"]]}"""), (answer.Status, answer.Text));
        Assert.Equal(424, shape.Status);
        Assert.Contains("does not match expected shape (-1, 2)", shape.Text, StringComparison.Ordinal);
        Assert.Contains("missing inputs ['w']", missing.Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Score_UnnamedTensor_ArrivesAsOneArrayOfAllItsDimensions()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(
            _folder, "def predict(data):\n    return data.sum(axis=(1, 2)) * data.ndim\n", """[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 2, 2]}}]""");
        using ScoringClient scoring = await DeployAsync("tensor");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":[[[1,2],[3,4]],[[5,6],[7,8]]]}""", pin: "blue");
        ScoringAnswer real = await scoring.ScoreAsync("""{"input_data":[[[1,2],[3,4.5]]]}""", pin: "blue");

        Assert.Equal((200, "[30,78]"), (answer.Status, answer.Text));
        Assert.Contains("element 3 is not a int64", real.Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Score_NestedColumns_ArriveAsListsAndDictionariesAndAreChecked()
    {
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(
            _folder,
            "def predict(data):\n    return [[type(value).__name__ for value in row] + [str(row[2].get('k'))] for row in data.values.tolist()]\n",
            """[{"type": "array", "items": {"type": "long"}, "name": "l"}, {"type": "object", "properties": {"p": {"type": "string"}}, "name": "o"}, {"type": "map", "values": {"type": "double"}, "name": "m"}, {"type": "datetime", "name": "t"}]""");
        using ScoringClient scoring = await DeployAsync("nested");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"columns":["l","o","m","t"],"index":[0],"data":[[[1,2],{"p":"x"},{"k":1.5},"2024-05-06T07:08:09"]]}}""", pin: "blue");
        ScoringAnswer list = await scoring.ScoreAsync("""{"input_data":{"columns":["l","o","m","t"],"index":[0],"data":[[[1,"2"],{"p":"x"},{},"2024-05-06"]]}}""", pin: "blue");
        ScoringAnswer property = await scoring.ScoreAsync("""{"input_data":{"columns":["l","o","m","t"],"index":[0],"data":[[[1],{},{},"2024-05-06"]]}}""", pin: "blue");
        ScoringAnswer date = await scoring.ScoreAsync("""{"input_data":{"columns":["l","o","m","t"],"index":[0],"data":[[[1],{"p":"x"},{},"no date"]]}}""", pin: "blue");

        Assert.Equal((200, """[["list","dict","dict","Timestamp","1.5"]]"""), (answer.Status, answer.Text));
        Assert.Equal(424, list.Status);
        Assert.Contains("column l", list.Text, StringComparison.Ordinal);
        Assert.Contains("column o", property.Text, StringComparison.Ordinal);
        Assert.Equal(424, date.Status);
    }

    [SkippableTheory]
    [InlineData("""{"columns":["a","b"],"index":[7],"data":[[1,"x"]]}""", """["DataFrame",[1,2],["int64","object"]]""")]
    [InlineData("[[1,2],[3,4]]", """["ndarray",[2,2],"int64"]""")]
    [InlineData("[1,2,3]", """["ndarray",[3],"int64"]""")]
    [InlineData("[\"one\",\"two\"]", """["ndarray",[2],"<U3"]""")]
    [InlineData("""{"a":[1.5],"b":["x"]}""", """["dict",["a","b"],"ndarray"]""")]
    [InlineData("\"[[1,2]]\"", """["ndarray",[1,2],"int64"]""")]
    [InlineData("""{"input_data":[[1]]}""", """["ndarray",[1,1],"int64"]""")]
    public async Task Score_ModelWithoutSignature_GetsWhatTheServicesScriptMakes(string input, string expected)
    {
        Requirement.PythonModules("pandas", "numpy");
        using ScoringClient scoring = await DeployFreeAsync();

        ScoringAnswer answer = await scoring.ScoreAsync($"{{\"input_data\":{input}}}", pin: "blue");

        Assert.Equal((200, expected), (answer.Status, answer.Text));
    }

    [SkippableTheory]
    [InlineData("[{\"a\":1}]", "list of records is not supported")]
    [InlineData("5", "is a int")]
    [InlineData("\"plain text\"", "JSONDecodeError")]
    [InlineData("null", "NoneType")]
    public async Task Score_ModelWithoutSignature_RefusesOtherForms(string input, string expected)
    {
        Requirement.PythonModules("pandas", "numpy");
        using ScoringClient scoring = await DeployFreeAsync();

        ScoringAnswer answer = await scoring.ScoreAsync($"{{\"input_data\":{input}}}", pin: "blue");

        Assert.Equal((424, "500"), (answer.Status, answer.Headers["ms-azureml-model-error-statuscode"]));
        Assert.Contains(expected, answer.Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Score_ModelThatBringsItsOwnMlflow_IsLoadedByItsPyfunc()
    {
        // A stand-in that records the calls: MLflow itself is not there to be tested.
        Requirement.PythonModules("pandas", "numpy");
        PythonModels.WriteOwn(_folder, "def predict(data):\n    raise ValueError('the loader module was used')\n", """[{"type": "long", "name": "x"}]""", Parameters);
        _folder.Write("code/mlflow/__init__.py", "__version__ = '0.0.stand-in'\n");
        _folder.Write("code/mlflow/pyfunc.py", """
            import os

            class _Loaded:
                def __init__(self, folder):
                    self.files = sorted(os.listdir(folder))

                def predict(self, data, params=None):
                    return ["MLmodel" in self.files, type(data).__name__, params["factor"], params["names"]]

            def load_model(folder):
                return _Loaded(folder)
            """);
        using ScoringClient scoring = await DeployAsync("standin");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":[[3]],"params":{"factor":5}}""", pin: "blue");

        Assert.Equal((200, """[true,"DataFrame",5,["a"]]"""), (answer.Status, answer.Text));
    }

    [SkippableFact]
    public async Task Score_DataOfTheLoaderModule_IsTheFileThatMLmodelNames()
    {
        Requirement.PythonModules("pandas", "numpy");
        _folder.Write("MLmodel", "flavors:\n  python_function:\n    loader_module: own_package.loader\n    code: code\n    data: artifacts/table.json\nsignature:\n  inputs: '[{\"type\": \"string\", \"name\": \"word\"}]'\n");
        _folder.Write("artifacts/table.json", """{"one": 1, "two": 2}""");
        _folder.Write("code/own_package/__init__.py", string.Empty);
        _folder.Write("code/own_package/words.py", "def lookup(table, word):\n    return table.get(word, 0)\n");
        _folder.Write("code/own_package/loader.py", """
            import json
            from own_package.words import lookup

            class Model:
                def __init__(self, path):
                    with open(path) as file:
                        self.table = json.load(file)

                def predict(self, data):
                    return [lookup(self.table, word) for word in data["word"]]

            def _load_pyfunc(path):
                return Model(path)
            """);
        using ScoringClient scoring = await DeployAsync("package");

        ScoringAnswer answer = await scoring.ScoreAsync("""{"input_data":{"columns":["word"],"index":[0,1,2],"data":[["two"],["one"],["none"]]}}""", pin: "blue");

        Assert.Equal((200, "[2,1,0]"), (answer.Status, answer.Text));
    }

    private Task<ScoringClient> DeployFreeAsync()
    {
        PythonModels.WriteOwn(
            _folder,
            """
            def predict(data):
                if isinstance(data, dict):
                    return ["dict", sorted(data), type(list(data.values())[0]).__name__]
                kinds = [str(kind) for kind in data.dtypes] if hasattr(data, "dtypes") else str(data.dtype)
                return [type(data).__name__, list(data.shape), kinds]
            """,
            signature: null);
        return DeployAsync("free");
    }

    private async Task<ScoringClient> DeployAsync(string prefix, Action<string>? created = null)
    {
        string endpoint = server.Name(prefix);
        await Client.CreateEndpointAsync(endpoint);
        await Client.CreateDeploymentAsync(endpoint, "blue", await Client.RegisterModelAsync(endpoint, "1", _folder.Path), body =>
            body["properties"]!["requestSettings"] = new JsonObject { ["requestTimeout"] = "PT60S" });
        created?.Invoke(endpoint);
        return await ScoringClient.OfAsync(Client, endpoint);
    }
}
