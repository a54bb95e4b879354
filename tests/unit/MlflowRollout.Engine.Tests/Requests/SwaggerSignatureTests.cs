using System.Text;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Engine.Tests.Scoring;
using Xunit;

namespace MlflowRollout.Engine.Tests.Requests;

public sealed class SwaggerSignatureTests
{
    [Fact]
    public void Read_MlflowTypes_AsTheyAre()
    {
        MlModelSignature signature = Read(SwaggerSamples.Emulator("age", "long", "oldpeak", "double", "thal", "string", "when", "datetime"))!;

        Assert.Equal("age: Long, oldpeak: Double, thal: String, when: Datetime", signature.ToString());
        Assert.Equal(MlColumnType.Long, Assert.Single(signature.Outputs).Type);
    }

    [Theory]
    [InlineData("""{"definitions":{"ServiceInput":""", "}}")]
    [InlineData("""{"openapi":"3.0.3","components":{"schemas":{"ServiceInput":""", "}}}")]
    public void Read_SplitByExample_NamesAndTypesOfItsValues(string before, string after)
    {
        MlModelSignature signature = Read(before + """
            {"type":"object","properties":{"input_data":{"type":"object",
              "properties":{"columns":{"type":"array","items":{"type":"string"}},"index":{"type":"array"},"data":{"type":"array"}},
              "format":"pandas.DataFrame:split",
              "example":{"columns":["age","oldpeak","thal","ok","gone"],"index":[0,1],"data":[[56,1,"x",true,null],[57,1.5,"y",false,null]]}}}}
            """ + after)!;

        Assert.False(signature.IsTensor);
        Assert.Equal("age: Long, oldpeak: Double, thal: String, ok: Boolean, gone: Unknown", signature.ToString());
    }

    [Fact]
    public void Read_SplitWithoutRows_NamesOnly() => Assert.Equal(
        "a: Unknown, b: Unknown",
        Read("""{"definitions":{"ServiceInput":{"properties":{"input_data":{"type":"object","properties":{"columns":{},"data":{}},"example":{"columns":["a","b"],"index":[],"data":[]}}}}}}""")!.ToString());

    [Fact]
    public void Read_Records_NamesAndTypes() => Assert.Equal(
        "a: Integer, b: Datetime",
        Read("""{"definitions":{"ServiceInput":{"properties":{"input_data":{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer","format":"int32"},"b":{"type":"string","format":"date-time"}}}}}}}}""")!.ToString());

    [Fact]
    public void Read_UnnamedTensor_ShapeFromExample()
    {
        MlModelSignature signature = Read("""{"definitions":{"ServiceInput":{"properties":{"input_data":{"type":"array","format":"numpy.ndarray","items":{"type":"array","items":{"type":"number","format":"float"}},"example":[[0.0,0.0,0.0]]}}}}}""")!;

        Assert.True(signature.IsTensor);
        Assert.True(RowConverter.IsUnnamed(signature));
        Assert.Equal([-1L, 3], signature.Inputs[0].Shape);
        Assert.Equal(MlColumnType.Float, signature.Inputs[0].Type);
    }

    [Fact]
    public void Read_NamedTensors_ByName()
    {
        MlModelSignature signature = Read("""{"definitions":{"ServiceInput":{"properties":{"input_data":{"type":"object","properties":{"x":{"type":"array"},"y":{"type":"array"}},"x-mlflow-tensors":[{"name":"x","dtype":"float32","shape":[-1,4]},{"name":"y","dtype":"int64","shape":[-1]}]}}}}}""")!;

        Assert.True(signature.IsTensor);
        Assert.Equal("x: Float, y: Long", signature.ToString());
        Assert.Equal([-1L, 4], signature.Inputs[0].Shape);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"definitions":{"ServiceInput":{"type":"object","example":{}}}}""")]
    [InlineData("""{"definitions":{"ServiceInput":{"properties":{"input_data":{"type":"object","example":{}}}}}}""")]
    [InlineData("""{"definitions":{"ServiceInput":{"properties":{"data":{"type":"object"}}}}}""")]
    public void Read_NothingAboutColumns_Null(string swagger) => Assert.Null(Read(swagger));

    private static MlModelSignature? Read(string swagger) => SwaggerSignature.Read(Encoding.UTF8.GetBytes(swagger));
}
