using MlflowRollout.Emulator.Models;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Models;

public sealed class MlflowModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ExampleModel_HasFlavorsSignatureAndExample()
    {
        var model = MlflowModel.Load(ExampleModels.V1);

        Assert.Equal(["onnx", "python_function", "sklearn"], model.Flavors.Keys.Order());
        Assert.Equal("mlflow.sklearn", model.LoaderModule);
        Assert.Equal("model.onnx", model.Flavors["onnx"]["data"]);
        Assert.Equal("label", model.Flavors["onnx"]["predict_output"]);
        Assert.Equal(13, model.Signature!.Inputs!.Columns.Count);
        Assert.True(File.Exists(model.InputExample));
    }

    [Fact]
    public void Load_NoMLmodel_SaysWhichFileAndWhatToDo()
    {
        var failure = Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path));

        Assert.Contains("'MLmodel'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("register the folder that contains it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenYaml_NamesTheLine()
    {
        _folder.Write("MLmodel", "flavors:\n  onnx:\n    data: [1, 2\n");

        var failure = Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path));

        Assert.Matches("line [0-9]+, column [0-9]+", failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n")]
    [InlineData("run_id: 1\n")]
    [InlineData("flavors: {}\n")]
    [InlineData("flavors: onnx\n")]
    public void Load_WithoutFlavors_IsRefused(string yaml)
    {
        _folder.Write("MLmodel", yaml);

        Assert.Contains("flavors", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", "../outside.onnx")]
    [InlineData("data", "/etc/passwd")]
    [InlineData("data", "C:/windows/x.onnx")]
    [InlineData("data", "..\\\\outside.onnx")]
    [InlineData("model_path", "a/../../outside.pkl")]
    [InlineData("pickled_model", "../x.pkl")]
    public void Load_PathLeavesTheFolder_IsRefusedAndNamed(string key, string path)
    {
        _folder.Write("MLmodel", $"flavors:\n  onnx:\n    {key}: \"{path}\"\n");

        var failure = Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path));

        Assert.Contains($"flavors.onnx.{key}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("outside the model folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ArtifactOrExampleLeavesTheFolder_IsRefused()
    {
        _folder.Write("MLmodel", "flavors:\n  python_function:\n    artifacts:\n      a:\n        path: ../../a\n");
        Assert.Contains("artifacts.a.path", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);

        _folder.Write("MLmodel", "flavors:\n  onnx: {}\nsaved_input_example_info:\n  artifact_path: ../x.json\n");
        Assert.Contains("saved_input_example_info", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LinkLeavesTheFolder_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var elsewhere = new TemporaryFolder();
        var target = elsewhere.Write("secret.onnx", "x");
        File.CreateSymbolicLink(_folder["model.onnx"], target);
        _folder.Write("MLmodel", "flavors:\n  onnx:\n    data: model.onnx\n");

        Assert.Contains("outside", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooDeep_IsRefused()
    {
        _folder.Write("MLmodel", "flavors: " + new string('[', 100) + new string(']', 100));

        Assert.Contains("nesting", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooManyAliases_IsRefused()
    {
        _folder.Write("MLmodel", "a: &a [1]\nb: [" + string.Join(',', Enumerable.Repeat("*a", 100)) + "]\n");

        Assert.Contains("aliases", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooLarge_IsRefused()
    {
        _folder.Write("MLmodel", "# " + new string('x', 2 << 20));

        Assert.Contains("larger than", Assert.Throws<ModelFormatException>(() => MlflowModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
