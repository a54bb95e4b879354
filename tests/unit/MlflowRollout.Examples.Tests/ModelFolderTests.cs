using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MlflowRollout.Examples.Tests;

/// <summary>Each version is a folder as MLflow writes it, and a small one.</summary>
public sealed class ModelFolderTests
{
    private const int LargestFile = 200_000;

    private static readonly string[] Columns =
        ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MLmodel_Flavors_NameFilesThatAreThere(int version)
    {
        ModelDescription description = ModelDescription.Read(version);
        string folder = ExampleModels.Version(version);

        Assert.Equal($"model-v{version}", description.Text("artifact_path"));
        Assert.Equal(["onnx", "python_function", "sklearn"], ((YamlMappingNode)description.Root["flavors"]).Children.Keys.Select(static key => key.ToString()));
        Assert.Equal("mlflow.sklearn", description.Text("flavors", "python_function", "loader_module"));
        Assert.Equal("predict", description.Text("flavors", "python_function", "predict_fn"));
        Assert.Equal("cloudpickle", description.Text("flavors", "sklearn", "serialization_format"));
        Assert.Equal("label", description.Text("flavors", "onnx", "predict_output"));
        string[] named =
        [
            description.Text("flavors", "onnx", "data"),
            description.Text("flavors", "sklearn", "pickled_model"),
            description.Text("flavors", "python_function", "model_path"),
            description.Text("flavors", "python_function", "env", "conda"),
            description.Text("flavors", "python_function", "env", "virtualenv"),
            description.Text("saved_input_example_info", "artifact_path"),
            "requirements.txt",
        ];
        Assert.All(named, name => Assert.True(File.Exists(Path.Combine(folder, name)), $"{name} is missing in {folder}."));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MLmodel_Identity_IsComplete(int version)
    {
        ModelDescription description = ModelDescription.Read(version);
        Assert.Matches("^[0-9a-f]{32}$", description.Text("model_uuid"));
        Assert.Matches("^[0-9a-f]{32}$", description.Text("run_id"));
        Assert.Matches(@"^\d+\.\d+\.\d+$", description.Text("mlflow_version"));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$", description.Text("utc_time_created"));
    }

    [Fact]
    public void MLmodel_Identities_DifferBetweenVersions()
    {
        Assert.Equal(3, Enumerable.Range(1, 3).Select(static version => ModelDescription.Read(version).Text("model_uuid")).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MLmodel_Signature_IsTheOneThatAllVersionsShare(int version)
    {
        IReadOnlyList<SignatureColumn> inputs = ModelDescription.Read(version).Inputs;
        Assert.Equal(Columns, inputs.Select(static column => column.Name));
        Assert.All(inputs, static column => Assert.True(column.Required));
        Assert.All(inputs, static column => Assert.Equal(column.Name switch { "oldpeak" => "double", "thal" => "string", _ => "long" }, column.Type));

        using JsonDocument outputs = JsonDocument.Parse(ModelDescription.Read(version).Text("signature", "outputs"));
        JsonElement output = outputs.RootElement.EnumerateArray().Single();
        Assert.Equal("tensor", output.GetProperty("type").GetString());
        Assert.Equal("int64", output.GetProperty("tensor-spec").GetProperty("dtype").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void InputExample_Columns_AreThoseOfTheSignature(int version)
    {
        using JsonDocument example = JsonDocument.Parse(File.ReadAllText(Path.Combine(ExampleModels.Version(version), "input_example.json")));
        Assert.Equal(Columns, example.RootElement.GetProperty("columns").EnumerateArray().Select(static name => name.GetString()));
        Assert.All(example.RootElement.GetProperty("data").EnumerateArray(), static row => Assert.Equal(Columns.Length, row.GetArrayLength()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Folder_EveryFile_IsSmall(int version)
    {
        FileInfo[] files = new DirectoryInfo(ExampleModels.Version(version)).GetFiles("*", SearchOption.AllDirectories);
        Assert.All(files, static file => Assert.InRange(file.Length, 1, LargestFile));
    }
}
