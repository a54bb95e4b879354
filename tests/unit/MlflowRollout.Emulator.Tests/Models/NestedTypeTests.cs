using System.Text.Json;
using MlflowRollout.Emulator.Models;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Models;

/// <summary>Columns of lists, objects and maps, as MLflow 2.10 and later write them.</summary>
public sealed class NestedTypeTests
{
    private const string Array = """{"type":"array","items":{"type":"double"},"name":"c"}""";
    private const string OldArray = """{"type":"array","items":"string","name":"c"}""";
    private const string Deep = """{"type":"array","items":{"type":"array","items":{"type":"long"}},"name":"c","required":false}""";
    private const string Object = """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","required":false},"tags":{"type":"array","items":{"type":"string"}}},"name":"c"}""";
    private const string Map = """{"type":"map","values":{"type":"boolean"},"name":"c"}""";
    private const string Any = """{"type":"any","name":"c"}""";

    [Theory]
    [InlineData(Array, "[1,2.5]", true)]
    [InlineData(Array, "[]", true)]
    [InlineData(Array, "null", true)]
    [InlineData(Array, "[1,null]", true)]
    [InlineData(Array, "[\"1\"]", false)]
    [InlineData(Array, "1", false)]
    [InlineData(Array, "{}", false)]
    [InlineData(OldArray, "[\"a\"]", true)]
    [InlineData(OldArray, "[1]", false)]
    [InlineData(Deep, "[[1],[2,3]]", true)]
    [InlineData(Deep, "[1]", false)]
    [InlineData(Deep, "[[1.5]]", false)]
    [InlineData(Object, """{"name":"x","age":5,"tags":["a"]}""", true)]
    [InlineData(Object, """{"name":"x","tags":[]}""", true)]
    [InlineData(Object, """{"name":"x"}""", false)]
    [InlineData(Object, """{"name":"x","tags":[],"other":1}""", false)]
    [InlineData(Object, """{"name":5,"tags":[]}""", false)]
    [InlineData(Object, "[]", false)]
    [InlineData(Map, """{"a":true,"b":false}""", true)]
    [InlineData(Map, """{"a":1}""", false)]
    [InlineData(Map, "[true]", false)]
    [InlineData(Any, """{"a":[1,"b"]}""", true)]
    [InlineData(Any, "5", true)]
    public void Fits_ValueOfAColumn_FollowsItsType(string column, string value, bool fits)
    {
        var specification = Assert.Single(ModelSignature.Parse($"[{column}]", null, null).Inputs!.Columns);
        using var cell = JsonDocument.Parse(value);

        Assert.Equal(ColumnType.Other, specification.Type);
        Assert.Equal(fits, specification.Nested!.Fits(cell.RootElement));
    }
}
