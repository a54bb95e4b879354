using System.Text;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Inputs;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving;

/// <summary>Inference parameters, as MLflow enforces them.</summary>
public sealed class ParameterValuesTests
{
    private const string Schema = """
        [{"name":"threshold","type":"double","default":0.5,"shape":null},{"name":"count","dtype":"integer","default":3,"shape":null},
         {"name":"mode","type":"string","default":"fast","shape":null},{"name":"strict","type":"boolean","default":false,"shape":null},
         {"name":"since","type":"datetime","default":null,"shape":null},{"name":"weights","type":"float","default":[1.0],"shape":[-1]},
         {"name":"extra","type":"object","default":null,"shape":null}]
        """;

    private readonly List<string> _notes = [];

    [Theory]
    [InlineData("", """{"threshold":0.5,"count":3,"mode":"fast","strict":false,"since":null,"weights":[1.0],"extra":null}""")]
    [InlineData(""","params":null""", """{"threshold":0.5,"count":3,"mode":"fast","strict":false,"since":null,"weights":[1.0],"extra":null}""")]
    [InlineData(""","params":{}""", """{"threshold":0.5,"count":3,"mode":"fast","strict":false,"since":null,"weights":[1.0],"extra":null}""")]
    [InlineData(
        ""","params":{"threshold":1,"mode":"slow","strict":true,"since":"2024-01-02T03:04:05","weights":[0.5,2],"extra":{"a":[1]}}""",
        """{"threshold":1,"count":3,"mode":"slow","strict":true,"since":"2024-01-02T03:04:05","weights":[0.5,2],"extra":{"a":[1]}}""")]
    [InlineData(""","params":{"mode":null}""", """{"threshold":0.5,"count":3,"mode":null,"strict":false,"since":null,"weights":[1.0],"extra":null}""")]
    public void Read_WhatFits_HasDefaultsForTheRest(string parameters, string expected) => Assert.Equal(expected, Read(parameters));

    [Theory]
    [InlineData("""{"threshold":"0.7"}""", "'threshold'", "Can not safely convert str to double")]
    [InlineData("""{"threshold":true}""", "'threshold'", "bool to double")]
    [InlineData("""{"count":1.5}""", "'count'", "float to integer")]
    [InlineData("""{"count":4294967296}""", "'count'", "int to integer")]
    [InlineData("""{"mode":1}""", "'mode'", "int to string")]
    [InlineData("""{"strict":0}""", "'strict'", "int to boolean")]
    [InlineData("""{"since":"yesterday"}""", "'since'", "to datetime")]
    [InlineData("""{"since":5}""", "'since'", "to datetime")]
    [InlineData("""{"mode":["a"]}""", "'mode'", "should be a scalar")]
    [InlineData("""{"weights":1.0}""", "'weights'", "1D array")]
    [InlineData("""{"weights":[[1.0]]}""", "'weights'", "1D array")]
    [InlineData("""{"weights":[1.0,"x"]}""", "'weights'", "str to float")]
    [InlineData("""[1]""", "must be a dictionary", "'list'")]
    public void Read_WhatDoesNotFit_IsTheFunctionsError(string parameters, string name, string reason)
    {
        var failure = Assert.Throws<InputException>(() => Read(",\"params\":" + parameters));

        Assert.False(failure.Malformed);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralThatDoNotFit_NamesThemAll()
    {
        var failure = Assert.Throws<InputException>(() => Read(""","params":{"count":"a","mode":5}"""));

        Assert.Contains("Invalid parameters found", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'count'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'mode'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownName_IsIgnoredAndNotedOnce()
    {
        var values = new ParameterValues(new ParameterSchema(ModelSignature.Parse(null, null, Schema).Parameters, _notes.Add));

        var first = Read(values, ""","params":{"treshold":0.9,"count":4}""");
        Read(values, ""","params":{"treshold":0.9}""");

        Assert.StartsWith("""{"threshold":0.5,"count":4,""", first, StringComparison.Ordinal);
        Assert.Contains("'treshold'", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelWithoutParameters_IgnoresThemAll()
    {
        var values = new ParameterValues(new ParameterSchema([], _notes.Add));

        Assert.Empty(Read(values, ""","params":{"a":1}"""));
        Assert.Empty(Read(values, ""","params":[1]"""));
        Assert.Contains("params schema", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InputAndParametersBothWrong_TellsTheInput()
    {
        var failure = Assert.Throws<InputException>(() => Read(new ParameterValues(new ParameterSchema(ModelSignature.Parse(null, null, Schema).Parameters)), string.Empty, """{"params":{"mode":1},"input_data":[["x"]]}"""));

        Assert.Contains("tensor x", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AfterAFailure_TheNextRequestIsItsOwn()
    {
        var values = new ParameterValues(new ParameterSchema(ModelSignature.Parse(null, null, Schema).Parameters));

        Assert.Throws<InputException>(() => Read(values, ""","params":{"mode":1}"""));

        Assert.StartsWith("""{"threshold":0.5""", Read(values, string.Empty), StringComparison.Ordinal);
    }

    private static string Read(string parameters) => Read(new ParameterValues(new ParameterSchema(ModelSignature.Parse(null, null, Schema).Parameters)), parameters);

    private static string Read(ParameterValues values, string parameters, string? body = null)
    {
        var input = new TensorValues([new InputTensor("x", ColumnType.Float, "float32", [-1, 1])], [new NumberBuffer<float>()]);
        RequestReader.Read(Encoding.UTF8.GetBytes(body ?? "{\"input_data\":[[1]]" + parameters + "}"), null, input, values);
        return Encoding.UTF8.GetString(values.Json);
    }
}
