using System.Globalization;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving;

/// <summary>All forms of a request that a column model takes, and what becomes of those that it does not.</summary>
public sealed class OnnxRequestFormsTests : IAsyncLifetime
{
    private ServedModel _model = null!;

    public async Task InitializeAsync() => _model = await ServedModel.StartAsync(ExampleModels.V1);

    public async Task DisposeAsync() => await _model.DisposeAsync();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 1000)]
    public async Task Score_CommittedRows_GivesTheCommittedPredictions(int version, int batch)
    {
        await using var model = await ServedModel.StartAsync(ExampleModels.Version(version));
        var rows = ServedModel.ExampleRows();
        var predictions = new List<int>();

        foreach (var some in rows.Chunk(batch))
        {
            var answer = await model.ScoreAsync(ServedModel.Split($"[{string.Join(',', some)}]"));
            Assert.Equal(200, answer.Status);
            predictions.AddRange(answer.Labels());
        }

        Assert.Equal(ServedModel.ExpectedLabels(version), predictions);
    }

    [Fact]
    public async Task Score_EveryForm_GivesTheSameAnswer()
    {
        var rows = ServedModel.ExampleRows().Take(3).ToArray();
        var data = $"[{string.Join(',', rows)}]";
        var expected = (await _model.ScoreAsync(ServedModel.Split(data))).Body;
        var columns = string.Join(',', ServedModel.Columns.Select(c => $"\"{c}\""));

        string[] forms =
        [
            Wrap(data),
            Wrap($$"""{"data":{{data}},"index":[0,1,2],"columns":[{{columns}}]}"""),
            Wrap($$"""{"columns":[{{columns}}],"data": {{data}} }"""),
            $$"""{ "params": {"a": [1, {"b": 2}]}, "input_data": {{data}}, "other": null }""",
            Wrap(Named(rows, nested: false)),
            Wrap(Named(rows, nested: true)),
            "\uFEFF" + Wrap(data),
        ];

        foreach (var form in forms)
        {
            var answer = await _model.ScoreAsync(form);
            Assert.True(answer.Status == 200, answer.Body);
            Assert.Equal(expected, answer.Body);
        }
    }

    [Fact]
    public async Task Score_ColumnsInAnotherOrderWithExtras_FindsEachByName()
    {
        var expected = (await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"))).Body;

        var answer = await _model.ScoreAsync(ServedModel.Split(
            """[["normal", "note", 1, 1, 1.2, 0, 154, 2, 0, 219, 161, 4, {"x": [1]}, 1, 59]]""",
            ["thal", "note", "ca", "slope", "oldpeak", "exang", "thalach", "restecg", "fbs", "chol", "trestbps", "cp", "more", "sex", "age"]));

        Assert.Equal((200, expected), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Score_NoRows_GivesNoPredictions()
        => Assert.Equal((200, "[]"), await _model.ScoreAsync(ServedModel.Split("[]")) is var a ? (a.Status, a.Body) : default);

    [Theory]
    [InlineData("59", "\"59\"", "column age", "string to long")]
    [InlineData("59", "59.5", "column age", "double to long")]
    [InlineData("59", "59.0", "column age", "double to long")]
    [InlineData("59", "null", "column age", "null to long")]
    [InlineData("59", "true", "column age", "boolean to long")]
    [InlineData("59", "99999999999999999999", "column age", "double to long")]
    [InlineData("1.2", "\"1.2\"", "column oldpeak", "string to double")]
    [InlineData("1.2", "false", "column oldpeak", "boolean to double")]
    [InlineData("1.2", "[1.2]", "column oldpeak", "array to double")]
    [InlineData("\"normal\"", "[7]", "column thal", "array to string")]
    [InlineData("\"normal\"", "{}", "column thal", "object to string")]
    public async Task Score_WrongType_IsTheFunctionsErrorAndNamesColumnTypesAndRow(string cell, string wrong, string column, string types)
    {
        var bad = ServedModel.Row.Replace(cell, wrong, StringComparison.Ordinal);

        var answer = await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row},{bad}]"));

        Assert.Equal((500, true), (answer.Status, answer.FunctionFailed));
        Assert.Contains(column, answer.Message(), StringComparison.Ordinal);
        Assert.Contains(types, answer.Message(), StringComparison.Ordinal);
        Assert.Contains("row 1", answer.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2", "1")]
    [InlineData("1.2", "null")]
    [InlineData("\"normal\"", "null")]
    [InlineData("\"normal\"", "7")]
    [InlineData("\"normal\"", "true")]
    [InlineData("\"normal\"", "\"n\\u006frmal\"")]
    public async Task Score_TypeThatMLflowWidens_IsTaken(string cell, string other)
        => Assert.Equal(200, (await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row.Replace(cell, other, StringComparison.Ordinal)}]"))).Status);

    [Fact]
    public async Task Score_MissingColumns_NamesThemAndTheExtraOnes()
    {
        var columns = ServedModel.Columns.Select(c => c is "age" or "thal" ? c + "2" : c);

        var answer = await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]", columns));

        Assert.Equal(500, answer.Status);
        Assert.Contains("Model is missing inputs ['age', 'thal']", answer.Message(), StringComparison.Ordinal);
        Assert.Contains("extra inputs: ['age2', 'thal2']", answer.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[1,2],[59]]", "Row 0 has 2 values")]
    [InlineData("[[59, 1, 4, 161, 219, 0, 2, 154, 0, 1.2, 1, 1, \"normal\", 5]]", "Row 0 has 14 values")]
    [InlineData("[59]", "single value")]
    [InlineData("[{\"age\":59}]", "list of records")]
    public async Task Score_RowsThatAreNoRows_AreNamed(string rows, string expected)
    {
        var answer = await _model.ScoreAsync(Wrap(rows));

        Assert.Equal(500, answer.Status);
        Assert.Contains(expected, answer.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input_data":{"columns":["age","age"],"data":[[1,1]]}}""", "'age' is in 'columns' twice")]
    [InlineData("""{"input_data":{"columns":"age","data":[[1,1]]}}""", "'columns' must be")]
    [InlineData("""{"input_data":{"columns":[["age"]],"data":[[1,1]]}}""", "not a column name")]
    [InlineData("""{"input_data":{}}""", "'input_data' is empty")]
    [InlineData("""{"input_data":"text"}""", "'input_data' must be")]
    [InlineData("""{"input_data":5}""", "'input_data' must be")]
    [InlineData("""{"input_data":{"age":5}}""", "'age' must be an array")]
    [InlineData("""{"input_data":{"age":[1,2],"sex":[1]}}""", "same length")]
    [InlineData("""{"input_data":{"age":[[1,2]]}}""", "one value")]
    [InlineData("""{"input_data":{"age":[1]}}""", "missing inputs ['sex'")]
    [InlineData("""{"input_data":{"index":[0],"age":[1]}}""", "mixes")]
    [InlineData("""{"input_data":{"data":[[1]]}}""", "missing inputs ['age'")]
    [InlineData("""{"data":[[1]]}""", "'input_data'")]
    [InlineData("""[[1]]""", "'input_data'")]
    [InlineData("""5""", "'input_data'")]
    public async Task Score_OtherShapes_AreTheFunctionsError(string body, string expected)
    {
        var answer = await _model.ScoreAsync(body);

        Assert.Equal((500, true), (answer.Status, answer.FunctionFailed));
        Assert.Contains(expected, answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_IndexOfAnotherLength_IsNamed()
    {
        var body = ServedModel.Split($"[{ServedModel.Row}]").Replace("\"index\":[0]", "\"index\":[0,1]", StringComparison.Ordinal);

        Assert.Contains("'index' has 2 entries", (await _model.ScoreAsync(body)).Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no body")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"input_data\":[[1,]]}", "not valid JSON")]
    [InlineData("{\"input_data\":{\"columns\":[\"age\"", "not valid JSON")]
    [InlineData("not json", "not valid JSON")]
    [InlineData("{\"input_data\":[]} x", "not valid JSON")]
    public async Task Score_BrokenJson_IsRefusedBeforeTheFunction(string body, string expected)
    {
        var answer = await _model.ScoreAsync(body);

        Assert.Equal((400, false), (answer.Status, answer.FunctionFailed));
        Assert.Contains(expected, answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_DeepNesting_IsRefused()
        => Assert.Equal(400, (await _model.ScoreAsync("{\"x\":" + new string('[', 5000) + new string(']', 5000) + "}")).Status);

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("", 415)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/vnd.x+json", 200)]
    [InlineData(null, 200)]
    public async Task Score_ContentType_MustBeJson(string? contentType, int status)
        => Assert.Equal(status, (await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"), contentType)).Status);

    [Fact]
    public async Task Score_AfterAnError_TheNextAnswerIsRight()
    {
        var expected = (await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"))).Body;
        for (var i = 0; i < 20; i++)
        {
            var rows = string.Join(',', Enumerable.Repeat(ServedModel.Row, i));
            await _model.ScoreAsync(ServedModel.Split($"[{rows}]").Replace("161", "\"x\"", StringComparison.Ordinal));
            Assert.Equal(expected, (await _model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"))).Body);
        }
    }

    [Fact]
    public async Task Score_FromManyThreads_EachGetsItsOwnAnswer()
    {
        var rows = ServedModel.ExampleRows();
        var labels = ServedModel.ExpectedLabels(1);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(async () =>
        {
            for (var i = t; i < 1000; i += 4)
            {
                var at = i % rows.Count;
                var count = 1 + (i % 3);
                var taken = rows.Skip(at).Take(count).ToList();
                var answer = await _model.ScoreAsync(ServedModel.Split($"[{string.Join(',', taken)}]"));
                Assert.Equal(labels.Skip(at).Take(taken.Count), answer.Labels());
            }
        })));
    }

    private static string Wrap(string inputData) => "{\"input_data\":" + inputData + "}";

    private static string Named(string[] rows, bool nested)
    {
        var cells = rows.Select(r => r.Trim('[', ']').Split(',')).ToArray();
        return "{" + string.Join(',', ServedModel.Columns.Select((c, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"\"{c}\":[{string.Join(',', cells.Select(r => nested ? $"[{r[i].Trim()}]" : r[i].Trim()))}]"))) + "}";
    }
}
