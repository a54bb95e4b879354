using MlflowRollout.Emulator.Models;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Models;

public sealed class ModelSignatureTests
{
    [Theory]
    [InlineData("boolean", ColumnType.Boolean)]
    [InlineData("integer", ColumnType.Integer)]
    [InlineData("long", ColumnType.Long)]
    [InlineData("float", ColumnType.Float)]
    [InlineData("double", ColumnType.Double)]
    [InlineData("string", ColumnType.String)]
    [InlineData("binary", ColumnType.Binary)]
    [InlineData("datetime", ColumnType.Datetime)]
    [InlineData("array", ColumnType.Other)]
    public void Parse_ColumnTypes_AreMLflows(string name, object expected)
    {
        var signature = ModelSignature.Parse($$"""[{"type":"{{name}}","name":"x","required":true}]""", null, null);

        var column = Assert.Single(signature.Inputs!.Columns);
        Assert.Equal((ColumnType)expected, column.Type);
        Assert.Equal(name, column.TypeName);
        Assert.True(column.Required);
    }

    [Theory]
    [InlineData("""{"type":"long","name":"x"}""", true)]
    [InlineData("""{"type":"long","name":"x","required":false}""", false)]
    [InlineData("""{"type":"long","name":"x","optional":true}""", false)]
    [InlineData("""{"type":"long","name":"x","optional":false}""", true)]
    public void Parse_Required_FollowsBothSpellings(string column, bool required)
        => Assert.Equal(required, ModelSignature.Parse($"[{column}]", null, null).Inputs!.Columns[0].Required);

    [Fact]
    public void Parse_Tensor_HasTypeAndShape()
    {
        var signature = ModelSignature.Parse("""[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,28,28]}}]""", null, null);

        Assert.True(signature.Inputs!.IsTensors);
        var tensor = Assert.Single(signature.Inputs.Tensors);
        Assert.Null(tensor.Name);
        Assert.Equal("float32", tensor.DataType);
        Assert.Equal([-1, 28, 28], tensor.Shape);
    }

    [Fact]
    public void Parse_Parameters_KeepDefaults()
    {
        var signature = ModelSignature.Parse(null, null, """[{"name":"t","dtype":"float","default":0.5,"shape":null},{"name":"s","type":"string","default":["a"],"shape":[-1]}]""");

        Assert.Equal(("t", "float", "0.5"), (signature.Parameters[0].Name, signature.Parameters[0].TypeName, signature.Parameters[0].DefaultJson));
        Assert.Equal([-1], signature.Parameters[1].Shape!);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"name":"x"}]""")]
    [InlineData("""[{"type":"long","name":"x"},{"type":"long","name":"x"}]""")]
    [InlineData("""[{"type":"long","name":"x"},{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[1]}}]""")]
    public void Parse_NotWhatMLflowWrites_IsRefused(string json)
        => Assert.Contains("'inputs'", Assert.Throws<ModelFormatException>(() => ModelSignature.Parse(json, null, null)).Message, StringComparison.Ordinal);
}
