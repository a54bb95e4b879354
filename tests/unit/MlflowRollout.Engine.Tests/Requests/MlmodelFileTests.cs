using MlflowRollout.Engine.Requests;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Requests;

public sealed class MlmodelFileTests : IDisposable
{
    private const string Heart = """
        artifact_path: model
        flavors:
          onnx:
            code: null
            data: model.onnx
            onnx_version: 1.12.0
            providers:
            - CPUExecutionProvider
          python_function:
            env:
              conda: conda.yaml
            loader_module: mlflow.sklearn
            model_path: model.pkl
            predict_fn: predict
        mlflow_version: 2.9.2
        run_id: abc
        saved_input_example_info:
          artifact_path: input_example.json
          type: dataframe
        signature:
          inputs: '[{"type": "long", "name": "age", "required": true}, {"type": "double", "name":
            "oldpeak", "optional": true}, {"type": "string", "name": "thal", "required": false}]'
          outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
          params: '[{"name": "threshold", "type": "double", "default": 0.5, "shape": null}]'
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Validate_GoodFolder_FlavorsAndSignature()
    {
        WriteModel(Heart);

        MlmodelContent content = MlmodelFile.Validate(_folder.Path);

        Assert.Equal(["onnx", "python_function"], content.Flavors.Keys.Order());
        Assert.Equal("model.onnx", content.Flavors["onnx"]["data"]);
        Assert.Equal("""["CPUExecutionProvider"]""", content.Flavors["onnx"]["providers"]);
        Assert.Equal("1.12.0", content.Flavors["onnx"]["onnx_version"]);
        Assert.Equal("""{"conda":"conda.yaml"}""", content.Flavors["python_function"]["env"]);
        Assert.False(content.Flavors["onnx"].ContainsKey("code"));
        Assert.Equal("age: Long, oldpeak: Double (optional), thal: String (optional)", content.Signature!.ToString());
        Assert.Equal([-1L], content.Signature.Outputs[0].Shape);
        Assert.Equal(("threshold", MlColumnType.Double, false), (content.Signature.Parameters[0].Name, content.Signature.Parameters[0].Type, content.Signature.Parameters[0].Required));
        Assert.Equal(("abc", "2.9.2"), (content.RunId, content.MlflowVersion));
    }

    [Fact]
    public void Parse_Tensors_NamesTypesAndShapes()
    {
        MlModelSignature signature = MlmodelFile.Parse(
            """
            flavors: {onnx: {}}
            signature:
              inputs: '[{"name": "image", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}]'
            """,
            "MLmodel").Signature!;

        Assert.True(signature.IsTensor);
        Assert.Equal(("image", MlColumnType.Float), (signature.Inputs[0].Name, signature.Inputs[0].Type));
        Assert.Equal([-1L, 28, 28], signature.Inputs[0].Shape);
    }

    [Fact]
    public void Parse_NoSignature_Null() => Assert.Null(MlmodelFile.Parse("flavors: {sklearn: {}}\nsignature: null", "MLmodel").Signature);

    [Fact]
    public void Validate_NoFolder_PathNotFound() =>
        Assert.Equal(MlErrorIds.PathNotFound, Assert.Throws<MlValidationException>(() => MlmodelFile.Validate(_folder["nowhere"])).ErrorId);

    [Fact]
    public void Validate_NoMlmodel_SaysSo() => AssertInvalid("has no file MLmodel");

    [Fact]
    public void Validate_MlmodelOneLevelDown_NamesTheFolder()
    {
        _folder.Write("model/MLmodel", Heart);
        AssertInvalid(Path.Combine(_folder.Path, "model"));
    }

    [Theory]
    [InlineData("flavors:\n  a: [1, 2\n", "broken YAML at line")]
    [InlineData("flavors: {a: 1, a: 2}", "the key 'a' is there twice")]
    [InlineData("flavors: !!python/object:os.system {}", "the tag")]
    [InlineData("flavors: *missing", "broken YAML at line 1, column 10")]
    [InlineData("", "the text is empty")]
    [InlineData("just text", "begins no map")]
    [InlineData("run_id: x", "has no flavors")]
    [InlineData("flavors: {}", "has no flavors")]
    [InlineData("flavors: {a: {}}\nsignature: {inputs: 'no json'}", "has a signature (line 2) that cannot be read")]
    [InlineData("flavors: {a: {}}\n---\nb: 1", "more than one document")]
    public void Validate_BrokenFile_NamesFileAndRule(string text, string expected)
    {
        _folder.Write("MLmodel", text);
        AssertInvalid(expected);
        AssertInvalid("MLmodel");
    }

    [Fact]
    public void Validate_DeepOrExplodingYaml_Refused()
    {
        _folder.Write("MLmodel", "flavors: " + new string('[', 100) + new string(']', 100));
        AssertInvalid("nested deeper");
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        _folder.Write("MLmodel", bomb);
        AssertInvalid("more than 200000 values");
    }

    [Theory]
    [InlineData("../model.onnx", "leaves the model folder")]
    [InlineData("/etc/passwd", "no path within the model folder")]
    [InlineData("C:\\\\model.onnx", "no path within the model folder")]
    [InlineData("sub/../../x", "leaves the model folder")]
    [InlineData("missing.onnx", "no such file")]
    public void Validate_FlavorPath_MustLieWithin(string path, string expected)
    {
        WriteModel($"flavors:\n  onnx:\n    data: \"{path}\"");
        AssertInvalid(expected);
        AssertInvalid("flavors.onnx.data");
    }

    [Fact]
    public void Validate_ArtifactOrExample_MustLieWithin()
    {
        WriteModel("flavors: {python_function: {artifacts: {weights: {path: ../weights.bin, uri: x}}}}");
        AssertInvalid("flavors.python_function.artifacts.weights");
        WriteModel("flavors: {python_function: {}}\nsaved_input_example_info: {artifact_path: gone.json}");
        AssertInvalid("saved_input_example_info.artifact_path");
    }

    [SkippableFact]
    public void Validate_LinkThatLeaves_Refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need a right there.");
        using TemporaryFolder other = new();
        other.Write("model.onnx", "x");
        WriteModel(Heart);
        File.Delete(_folder["model.onnx"]);
        File.CreateSymbolicLink(_folder["model.onnx"], other["model.onnx"]);
        AssertInvalid("leaves the folder");

        File.Delete(_folder["model.onnx"]);
        _folder.Write("model.onnx", "x");
        Directory.CreateSymbolicLink(_folder["extra"], other.Path);
        AssertInvalid("'extra'");

        Directory.Delete(_folder["extra"]);
        File.CreateSymbolicLink(_folder["loop"], "loop");
        AssertInvalid("'loop'");
    }

    [SkippableFact]
    public void Validate_LinkThatStays_Allowed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need a right there.");
        WriteModel(Heart);
        File.CreateSymbolicLink(_folder["also.onnx"], "model.onnx");
        using TemporaryFolder other = new();
        Directory.CreateSymbolicLink(other["model"], _folder.Path);

        Assert.NotNull(MlmodelFile.Validate(other["model"]).Signature);
    }

    private void WriteModel(string mlmodel)
    {
        _folder.Write("MLmodel", mlmodel);
        foreach (string file in new[] { "model.onnx", "model.pkl", "conda.yaml", "input_example.json" })
        {
            _folder.Write(file, "x");
        }
    }

    private void AssertInvalid(string expected)
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => MlmodelFile.Validate(_folder.Path));
        Assert.Equal((MlErrorIds.ModelFolderInvalid, MlErrorCategory.InvalidData), (error.ErrorId, error.Category));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
