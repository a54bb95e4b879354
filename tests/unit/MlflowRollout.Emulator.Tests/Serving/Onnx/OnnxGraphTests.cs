using MlflowRollout.Emulator.Serving;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving.Onnx;

/// <summary>Graphs other than the example's: several inputs, tensors, several outputs, maps, and the conversions between signature and graph.</summary>
public sealed class OnnxGraphTests : IDisposable
{
    private const string Columns = """[{"type":"double","name":"a"},{"type":"long","name":"b"},{"type":"boolean","name":"flag"},{"type":"string","name":"s"}]""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(Columns)]
    public async Task Score_SeveralInputsAndOutputs_AnswersRecordsByOutput(string? signature)
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("a", OnnxGraph.Double, -1, 1).Input("b", OnnxGraph.Int64, -1, 1).Input("flag", OnnxGraph.Flag, -1, 1).Input("s", OnnxGraph.Text, -1, 1)
                .Node("Cast", "b", "real", ("to", OnnxGraph.Double)).Node("Add", "a real", "total").Node("Not", "flag", "negated").Node("Identity", "s", "text")
                .Output("total", OnnxGraph.Double, -1, 1).Output("negated", OnnxGraph.Flag, -1, 1).Output("text", OnnxGraph.Text, -1, 1),
            signature);

        var split = await model.ScoreAsync("""{"input_data":{"columns":["s","flag","b","a"],"index":[0,1],"data":[["ä",true,2,0.5],["",false,-3,1]]}}""");
        var named = await model.ScoreAsync("""{"input_data":{"a":[0.5,1],"b":[2,-3],"flag":[true,false],"s":["ä",""]}}""");

        const string Expected = """[{"total":2.5,"negated":false,"text":"ä"},{"total":-2,"negated":true,"text":""}]""";
        Assert.Equal((200, Expected), (split.Status, split.Body));
        Assert.Equal(split.Body, named.Body);
    }

    [Theory]
    [InlineData("""{"columns":["a","b","flag","s"],"data":[[0.5,2,1,"x"]]}""", "column flag", "long to boolean")]
    [InlineData("""{"columns":["a","b","flag","s"],"data":[[0.5,2,true,[7]]]}""", "column s", "array to string")]
    [InlineData("""{"columns":["a","b","flag","s"],"data":[[0.5,2.5,true,"x"]]}""", "column b", "double to long")]
    [InlineData("""{"columns":["a","b","s"],"data":[[0.5,2,"x"]]}""", "missing inputs ['flag']", "")]
    public async Task Score_CellOfAnotherType_NamesColumnAndTypes(string input, string column, string types)
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("a", OnnxGraph.Double, -1, 1).Input("b", OnnxGraph.Int64, -1, 1).Input("flag", OnnxGraph.Flag, -1, 1).Input("s", OnnxGraph.Text, -1, 1)
                .Node("Identity", "a", "a2").Node("Identity", "b", "b2").Node("Identity", "flag", "flag2").Node("Identity", "s", "s2")
                .Output("a2", OnnxGraph.Double, -1, 1).Output("b2", OnnxGraph.Int64, -1, 1).Output("flag2", OnnxGraph.Flag, -1, 1).Output("s2", OnnxGraph.Text, -1, 1),
            Columns);

        var answer = await model.ScoreAsync($"{{\"input_data\":{input}}}");

        Assert.Equal((500, true), (answer.Status, answer.FunctionFailed));
        Assert.Contains(column, answer.Message(), StringComparison.Ordinal);
        Assert.Contains(types, answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_OptionalColumns_HaveTheMissingValueOfTheirType()
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("a", OnnxGraph.Float, -1, 1).Input("s", OnnxGraph.Text, -1, 1).Input("n", OnnxGraph.Int64, -1, 1)
                .Node("Identity", "a", "a2").Node("Identity", "s", "s2").Node("Identity", "n", "n2")
                .Output("a2", OnnxGraph.Float, -1, 1).Output("s2", OnnxGraph.Text, -1, 1).Output("n2", OnnxGraph.Int64, -1, 1),
            """[{"type":"float","name":"a","required":false},{"type":"string","name":"s","required":false},{"type":"long","name":"n","required":false}]""");

        var without = await model.ScoreAsync("""{"input_data":{"columns":["n"],"data":[[1],[2]]}}""");
        var wholeNumber = await model.ScoreAsync("""{"input_data":{"columns":["a","s"],"data":[[1.5,"x"]]}}""");

        Assert.Equal((200, """[{"a2":null,"s2":"","n2":1},{"a2":null,"s2":"","n2":2}]"""), (without.Status, without.Body));
        Assert.Contains("optional column n is missing", wholeNumber.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ColumnsOfOtherWidths_AreConvertedToTheGraphsTypes()
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("i", OnnxGraph.Int32, -1, 1).Input("f", OnnxGraph.Float, -1, 1).Input("flag", OnnxGraph.Float, -1).Input("l", OnnxGraph.Double, -1, 1)
                .Node("Identity", "i", "i2").Node("Identity", "f", "f2").Node("Identity", "flag", "flag2").Node("Identity", "l", "l2")
                .Output("i2", OnnxGraph.Int32, -1, 1).Output("f2", OnnxGraph.Float, -1, 1).Output("flag2", OnnxGraph.Float, -1).Output("l2", OnnxGraph.Double, -1, 1),
            """[{"type":"integer","name":"i"},{"type":"double","name":"f"},{"type":"boolean","name":"flag"},{"type":"long","name":"l"}]""");

        var answer = await model.ScoreAsync("""{"input_data":[[2147483647,0.1,true,9007199254740993]]}""");
        var tooLarge = await model.ScoreAsync("""{"input_data":[[2147483648,0.1,true,1]]}""");

        Assert.Equal((200, """[{"i2":2147483647,"f2":0.10000000149011612,"flag2":1,"l2":9007199254740992}]"""), (answer.Status, answer.Body));
        Assert.Contains("column i", tooLarge.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ImageTensor_ChecksShapeAndAnswersByOutputName()
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("image", OnnxGraph.Float, -1, 28, 28).Node("ReduceMean", "image", "mean", ("axes", new[] { 1, 2 }), ("keepdims", 0)).Node("Shape", "image", "shape")
                .Output("mean", OnnxGraph.Float, -1).Output("shape", OnnxGraph.Int64, -1),
            """[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,28,28]}}]""");
        string Images(int count, int width) => $"[{string.Join(',', Enumerable.Repeat($"[{string.Join(',', Enumerable.Repeat($"[{string.Join(',', Enumerable.Repeat("0.5", width))}]", 28))}]", count))}]";

        var answer = await model.ScoreAsync($"{{\"input_data\":{Images(3, 28)}}}");
        var one = await model.ScoreAsync($"{{\"input_data\":{{\"image\":{Images(1, 28)}}}}}");
        var narrow = await model.ScoreAsync($"{{\"input_data\":{Images(1, 27)}}}");
        var flat = await model.ScoreAsync("""{"input_data":[[0.5]]}""");

        Assert.Equal((200, """{"mean":[0.5,0.5,0.5],"shape":[3,28,28]}"""), (answer.Status, answer.Body));
        Assert.Equal((200, """{"mean":[0.5],"shape":[1,28,28]}"""), (one.Status, one.Body));
        Assert.Contains("Shape of input (1, 28, 27) does not match expected shape (-1, 28, 28)", narrow.Message(), StringComparison.Ordinal);
        Assert.Contains("Shape of input (1, 1)", flat.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Score_NamedTensors_AreTakenByNameInAnyOrder(bool withSignature)
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("x", OnnxGraph.Float, -1, 3).Input("ids", OnnxGraph.Int64, -1).Input("words", OnnxGraph.Text, -1, -1)
                .Node("Neg", "x", "minus").Node("Neg", "ids", "back").Node("Identity", "words", "same")
                .Output("minus", OnnxGraph.Float, -1, 3).Output("back", OnnxGraph.Int64, -1).Output("same", OnnxGraph.Text, -1, -1),
            withSignature
                ? """[{"name":"words","type":"tensor","tensor-spec":{"dtype":"str","shape":[-1,-1]}},{"name":"x","type":"tensor","tensor-spec":{"dtype":"float64","shape":[-1,3]}},{"name":"ids","type":"tensor","tensor-spec":{"dtype":"int64","shape":[-1]}}]"""
                : null);

        var answer = await model.ScoreAsync("""{"input_data":{"ids":[7,8],"x":[[1,2,3],[4,5,6.5]],"words":[["a","b"],["c","ü"]]}}""");
        var missing = await model.ScoreAsync("""{"input_data":{"ids":[7],"words":[["a"]]}}""");
        var real = await model.ScoreAsync("""{"input_data":{"ids":[7.5],"x":[[1,2,3]],"words":[["a"]]}}""");
        var unnamed = await model.ScoreAsync("""{"input_data":[[1,2,3]]}""");

        Assert.Equal((200, """{"minus":[[-1,-2,-3],[-4,-5,-6.5]],"back":[-7,-8],"same":[["a","b"],["c","ü"]]}"""), (answer.Status, answer.Body));
        Assert.Contains("missing inputs ['x']", missing.Message(), StringComparison.Ordinal);
        Assert.Contains("tensor ids", real.Message(), StringComparison.Ordinal);
        Assert.Contains("named tensors", unnamed.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_PredictOutput_IsTheBareAnswerOfTheOneNamed()
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("x", OnnxGraph.Float, -1, 2).Node("ArgMax", "x", "best", ("axis", 1), ("keepdims", 0)).Node("Softmax", "x", "shares", ("axis", 1))
                .Output("shares", OnnxGraph.Float, -1, 2).Output("best", OnnxGraph.Int64, -1),
            """[{"type":"double","name":"p"},{"type":"double","name":"q"}]""",
            "    predict_output: best\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: model.onnx\n");

        Assert.Equal((200, "[1,0]"), await model.ScoreAsync("""{"input_data":[[1.5,2],[3,-1]]}""") is var answer ? (answer.Status, answer.Body) : default);
    }

    [Theory]
    [InlineData(OnnxGraph.Int64, """{"0":0.25,"1":0.75}""", """{"0":1,"1":0}""")]
    [InlineData(OnnxGraph.Text, """{"ill":0.25,"well":0.75}""", """{"ill":1,"well":0}""")]
    public async Task Score_ZipMap_IsAnObjectARow(int key, string first, string second)
    {
        var graph = new OnnxGraph().Input("p", OnnxGraph.Float, -1, 2)
            .Node("ArgMax", "p", "label", ("axis", 1), ("keepdims", 0))
            .Node("ZipMap", "p", "probabilities", key == OnnxGraph.Text ? ("classlabels_strings", new[] { "ill", "well" }) : ("classlabels_int64s", new[] { 0, 1 }))
            .Output("label", OnnxGraph.Int64, -1).OutputMaps("probabilities", key);
        await using var model = await StartAsync(graph, """[{"type":"float","name":"ill"},{"type":"float","name":"well"}]""");

        // The second request has as many rows as the first and other values.
        var one = await model.ScoreAsync("""{"input_data":[[0.25,0.75]]}""");
        var another = await model.ScoreAsync("""{"input_data":[[1,0]]}""");
        var both = await model.ScoreAsync("""{"input_data":[[0.25,0.75],[1,0]]}""");

        Assert.Equal((200, $$"""[{"label":1,"probabilities":{{first}}}]"""), (one.Status, one.Body));
        Assert.Equal($$"""[{"label":0,"probabilities":{{second}}}]""", another.Body);
        Assert.Equal($$"""[{"label":1,"probabilities":{{first}}},{"label":0,"probabilities":{{second}}}]""", both.Body);
    }

    [Fact]
    public async Task Score_ZipMapOfATensorModel_IsAListUnderItsName()
    {
        await using var model = await StartAsync(
            new OnnxGraph().Input("p", OnnxGraph.Float, -1, 2).Node("ZipMap", "p", "shares", ("classlabels_int64s", new[] { 4, 5 })).OutputMaps("shares", OnnxGraph.Int64), null);

        Assert.Equal("""{"shares":[{"4":0.5,"5":0.5},{"4":1,"5":0}]}""", (await model.ScoreAsync("""{"input_data":[[0.5,0.5],[1,0]]}""")).Body);
    }

    [Fact]
    public async Task Start_PredictOutputIsAMap_IsRefusedWithAWayOut()
    {
        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => StartAsync(
            new OnnxGraph().Input("p", OnnxGraph.Float, -1, 2).Node("ZipMap", "p", "shares", ("classlabels_int64s", new[] { 0, 1 })).OutputMaps("shares", OnnxGraph.Int64),
            null,
            "    predict_output: shares\n  python_function:\n    loader_module: mlflow.sklearn\n"));

        Assert.Contains("zipmap switched off", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OutputThatIsAListOfTensors_IsRefusedAndNamed()
    {
        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => StartAsync(
            new OnnxGraph().Input("x", OnnxGraph.Float, -1, 2).Node("SplitToSequence", "x", "parts", ("axis", 0)).OutputTensors("parts", OnnxGraph.Float), null));

        Assert.Contains("'parts' is neither a tensor nor a list of maps", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,784]}}]""", "has the shape (-1, 28, 28), and the signature says (-1, 784)")]
    [InlineData("""[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,28,32]}}]""", "has the shape (-1, 28, 28), and the signature says (-1, 28, 32)")]
    [InlineData("""[{"type":"tensor","tensor-spec":{"dtype":"int64","shape":[-1,28,28]}}]""", "element type Float, and the signature says int64")]
    [InlineData("""[{"type":"tensor","name":"x","tensor-spec":{"dtype":"float32","shape":[-1]}},{"type":"tensor","name":"y","tensor-spec":{"dtype":"float32","shape":[-1]}}]""", "1 inputs and the signature has 2")]
    [InlineData("""[{"type":"array","items":{"type":"double"},"name":"x"}]""", "neither one [N,1] tensor")]
    public async Task Start_SignatureThatTheGraphCannotTake_IsRefusedAtOnce(string signature, string expected)
    {
        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => StartAsync(
            new OnnxGraph().Input("image", OnnxGraph.Float, -1, 28, 28).Node("Identity", "image", "same").Output("same", OnnxGraph.Float, -1, 28, 28), signature));

        Assert.Equal("BadArgument", failure.Code);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ColumnOfANestedType_IsRefusedAndNamed()
    {
        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => StartAsync(
            new OnnxGraph().Input("x", OnnxGraph.Float, -1, 1).Node("Identity", "x", "same").Output("same", OnnxGraph.Float, -1, 1), """[{"type":"array","items":{"type":"double"},"name":"x"}]"""));

        Assert.Contains("cannot take the column 'x' of type array", failure.Message, StringComparison.Ordinal);
    }

    private Task<ServedModel> StartAsync(OnnxGraph graph, string? signature, string flavor = "")
    {
        File.WriteAllBytes(_folder["model.onnx"], graph.ToArray());
        _folder.Write("MLmodel", $"flavors:\n  onnx:\n    data: model.onnx\n{flavor}{(signature is null ? string.Empty : $"signature:\n  inputs: '{signature}'\n")}");
        return ServedModel.StartAsync(_folder.Path);
    }
}
