using System.Text;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Inputs;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving;

public sealed class TensorValuesTests
{
    [Theory]
    [InlineData("[[1,2],[3,4],[5,6]]", new long[] { 3, 2 })]
    [InlineData("[[1,2.5]]", new long[] { 1, 2 })]
    [InlineData("{\"x\":[[1,2]]}", new long[] { 1, 2 })]
    [InlineData("{\"columns\":[\"a\",\"b\"],\"index\":[0],\"data\":[[1,2]]}", new long[] { 1, 2 })]
    public void Read_OneTensor_HasTheShapeOfTheArrays(string data, long[] shape)
    {
        var values = Read(data, new InputTensor("x", ColumnType.Float, "float32", [-1, 2]));

        Assert.Equal(shape, values.ShapeOf(0));
        Assert.Equal(shape[0], values.Rows);
    }

    [Theory]
    [InlineData("[[1,2],[3]]", "ragged")]
    [InlineData("[[1,2],3]", "ragged")]
    [InlineData("[[1,2,3]]", "Shape of input (1, 3) does not match expected shape (-1, 2)")]
    [InlineData("[1,2]", "Shape of input (2)")]
    [InlineData("[[1,\"a\"]]", "element 1 is not a float32")]
    [InlineData("[[1,true]]", "element 1 is not a float32")]
    [InlineData("{\"y\":[[1,2]]}", "missing inputs ['x']")]
    [InlineData("5", "must be an array")]
    public void Read_WhatDoesNotFit_IsNamed(string data, string expected)
    {
        var failure = Assert.Throws<InputException>(() => Read(data, new InputTensor("x", ColumnType.Float, "float32", [-1, 2])));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NamedTensors_NeedsThemAll()
    {
        InputTensor[] two = [new("a", ColumnType.Long, "int64", [-1]), new("b", ColumnType.String, "str", [-1, 1])];

        var values = Read("""{"b":[["x"],["y"]],"a":[1,2],"other":{"deep":[1]}}""", two);

        Assert.Equal([2], values.ShapeOf(0));
        Assert.Equal([2, 1], values.ShapeOf(1));
        Assert.Contains("'b'", Assert.Throws<InputException>(() => Read("""{"a":[1,2]}""", two)).Message, StringComparison.Ordinal);
        Assert.Contains("named tensors", Assert.Throws<InputException>(() => Read("[1]", two)).Message, StringComparison.Ordinal);
    }

    private static TensorValues Read(string data, params InputTensor[] tensors)
    {
        CellBuffer[] buffers = [.. tensors.Select(t => t.Element switch
        {
            ColumnType.Long => (CellBuffer)new NumberBuffer<long>(),
            ColumnType.String => new TextBuffer(),
            _ => new NumberBuffer<float>(),
        })];
        var values = new TensorValues(tensors, buffers);
        RequestReader.Read(Encoding.UTF8.GetBytes("{\"input_data\":" + data + "}"), null, values, new ParameterValues(new ParameterSchema([])));
        return values;
    }
}
