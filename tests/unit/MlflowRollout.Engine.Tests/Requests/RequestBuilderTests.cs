using System.Text.Json;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Requests;

public sealed class RequestBuilderTests
{
    private static readonly MlModelSignature Signature = new()
    {
        Inputs =
        [
            new MlColumn { Name = "age", Type = MlColumnType.Long },
            new MlColumn { Name = "oldpeak", Type = MlColumnType.Double },
            new MlColumn { Name = "thal", Type = MlColumnType.String, Required = false },
        ],
    };

    private readonly RequestBuilder _builder = new();

    [Fact]
    public void Build_Rows_TableOfColumnsIndexAndData()
    {
        MlModelRequest request = _builder.Build(Signature, [new MlRow(0, null, ["56", "1.2", "reversible"]), new MlRow(1, null, [59, 1, ""])]);

        Assert.Equal("""{"input_data":{"columns":["age","oldpeak","thal"],"index":[0,1],"data":[[56,1.2,"reversible"],[59,1.0,null]]}}""", request.Body);
        Assert.Equal(2, request.RowCount);
        Assert.Empty(_builder.Check(Signature, request.Body).Findings);
    }

    [Fact]
    public void Build_NoRows_EmptyTable() =>
        Assert.Equal("""{"input_data":{"columns":["age","oldpeak","thal"],"index":[],"data":[]}}""", _builder.Build(Signature, []).Body);

    [Fact]
    public void Build_OptionalColumnNowhere_NotInTheBody() =>
        Assert.Equal(
            """{"input_data":{"columns":["age","oldpeak"],"index":[4],"data":[[1,2.0]]}}""",
            _builder.Build(Signature, [new MlRow(4, null, [1, 2, MlRow.Missing])]).Body);

    [Fact]
    public void Build_OptionalColumnInSomeRows_NullInTheOthers() =>
        Assert.Equal(
            """{"input_data":{"columns":["age","oldpeak","thal"],"index":[0,1],"data":[[1,2.0,null],[1,2.0,"x"]]}}""",
            _builder.Build(Signature, [new MlRow(0, null, [1, 2, MlRow.Missing]), new MlRow(1, null, [1, 2, "x"])]).Body);

    [Fact]
    public void Build_BadCells_AllNamedWithRowAndColumn()
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => _builder.Build(
            Signature, [new MlRow(0, null, [1, 2, "a"]), new MlRow(1, null, ["3.5", "x", "a"]), new MlRow(2, null, [MlRow.Missing, 1, "a"])]));

        Assert.Equal((MlErrorIds.RowInvalid, MlErrorCategory.InvalidData), (error.ErrorId, error.Category));
        Assert.Contains("row 2 (index 1), column 'age': '3.5' is no whole number", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 2 (index 1), column 'oldpeak': 'x' is no number", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 3 (index 2), column 'age': the column is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnnamedTensor_ListOfRows()
    {
        MlModelSignature signature = new() { IsTensor = true, Inputs = [new MlColumn { Name = "0", Type = MlColumnType.Float, Shape = [-1, 2] }] };

        MlModelRequest request = _builder.Build(signature, [new MlRow(0, null, [new[] { 1f, 2.5f }]), new MlRow(1, null, ["[3, 4]"])]);

        Assert.Equal("""{"input_data":[[1.0,2.5],[3.0,4.0]]}""", request.Body);
        Assert.Empty(_builder.Check(signature, request.Body).Findings);
    }

    [Fact]
    public void Build_NamedTensors_ListsByName()
    {
        MlModelSignature signature = new()
        {
            IsTensor = true,
            Inputs = [new MlColumn { Name = "a", Type = MlColumnType.Float, Shape = [-1, 2] }, new MlColumn { Name = "b", Type = MlColumnType.String, Shape = [-1] }],
        };

        MlModelRequest request = _builder.Build(signature, [new MlRow(0, null, [new[] { 1, 2 }, "x"]), new MlRow(1, null, [new[] { 3, 4 }, "y"])]);

        Assert.Equal("""{"input_data":{"a":[[1.0,2.0],[3.0,4.0]],"b":["x","y"]}}""", request.Body);
        Assert.Empty(_builder.Check(signature, request.Body).Findings);
    }

    [Theory]
    [InlineData("", "The body is empty")]
    [InlineData(" \n", "The body is empty")]
    [InlineData("{", "broken JSON at line 1")]
    [InlineData("{\n \"input_data\": [1, x]}", "broken JSON at line 2, column 20")]
    [InlineData("[1]", "must be an object with the key input_data")]
    [InlineData("{}", "has no key input_data")]
    [InlineData("""{"inputdata":{}}""", "unknown key 'inputdata'. Did you mean 'input_data'?")]
    [InlineData("""{"dataframe_split":{}}""", "MLflow's own server")]
    [InlineData("""{"input_data":5}""", "input_data is the number 5")]
    [InlineData("""{"input_data":[{"age":1}]}""", "list of records")]
    [InlineData("""{"input_data":{"data":[[1]]}}""", "no list 'columns'")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"]}}""", "no list 'data'")]
    [InlineData("""{"input_data":{"columns":["age"],"data":[[1]]}}""", "Column 'oldpeak' is missing")]
    [InlineData("""{"input_data":{"columns":["thal"],"data":[["x"]]}}""", "The columns 'age', 'oldpeak' are missing")]
    [InlineData("""{"input_data":{"columns":["age","oldpaek"],"data":[[1,2]]}}""", "Column 'oldpaek' is not in the model's signature. Did you mean 'oldpeak'?")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak","sex"],"data":[[1,2,0]]}}""", "Column 'sex' is not in the model's signature")]
    [InlineData("""{"input_data":{"columns":["age","age","oldpeak"],"data":[]}}""", "twice")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"],"data":[[1,2],[1]]}}""", "Row 2 (index 1) has 1 values where there are 2 columns")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"],"data":[7]}}""", "Row 1 (index 0) is the number 7")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"],"index":[0],"data":[[1,2],[1,2]]}}""", "'index' has 1 entries and 'data' has 2 rows")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"],"data":[[1,2],[1.5,2]]}}""", "Row 2 (index 1), column 'age': the number 1.5 is no whole number")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak","thal"],"data":[[1,"2",[3]]]}}""", "column 'thal': a list is no text")]
    [InlineData("""{"input_data":[[1,2]]}""", "has 2 values where there are 3 columns")]
    [InlineData("""{"input_data":{"age":[1,2],"oldpeak":[1]}}""", "Column 'oldpeak' has 1 values")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak"],"data":[],"rows":1}}""", "unknown key 'rows'")]
    public void Check_WrongBody_Finding(string body, string expected) => Assert.Contains(_builder.Check(Signature, body).Findings, finding => finding.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"input_data":{"columns":["oldpeak","age"],"index":[0],"data":[[1,2.0]]}}""")]
    [InlineData("""{"input_data":{"columns":["age","oldpeak","thal"],"data":[[null,null,null]]}}""")]
    [InlineData("""{"input_data":[[1,2.5,"x"]]}""")]
    [InlineData("""{"input_data":{"age":[1,2],"oldpeak":[1,2]}}""")]
    [InlineData("""{"input_data":[],"params":{"x":1}}""")]
    [InlineData("""{"input_data":[[1,2.5,7]]}""")]
    public void Check_FittingBody_NoFinding(string body) => Assert.Empty(_builder.Check(Signature, body).Findings);

    [Fact]
    public void Check_ManyFindings_AllKindsAndACount()
    {
        string rows = string.Join(",", Enumerable.Repeat("[\"x\",1]", 200));

        string[] findings = _builder.Check(Signature, $$$"""{"input_data":{"columns":["age","oldpeak"],"data":[{{{rows}}}]}}""").Findings;

        Assert.Equal(51, findings.Length);
        Assert.Equal("… and 150 more.", findings[^1]);
    }

    [Fact]
    public void Check_Parameters_AgainstTheSignature()
    {
        MlModelSignature signature = new() { Inputs = Signature.Inputs, Parameters = [new MlColumn { Name = "threshold", Type = MlColumnType.Double, Required = false }] };

        string[] findings = _builder.Check(signature, """{"input_data":[],"params":{"treshold":1,"threshold":"x"}}""").Findings;

        Assert.Contains(findings, finding => finding.Contains("no parameter 'treshold'", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("Parameter 'threshold': the text 'x' is no number", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"names":"a"}""", "stands where the model takes a list")]
    [InlineData("""{"names":["a",5]}""", "Parameter 'names', element 1")]
    [InlineData("""[1]""", "params is a list")]
    [InlineData("""{"name":["a"]}""", "Did you mean 'names'")]
    public void Check_Parameters_ListsAndNames(string parameters, string expected)
    {
        MlModelSignature signature = new() { Inputs = Signature.Inputs, Parameters = [new MlColumn { Name = "names", Type = MlColumnType.String, Shape = [-1] }] };

        string[] findings = _builder.Check(signature, $$"""{"input_data":[],"params":{{parameters}}}""").Findings;

        Assert.Contains(expected, Assert.Single(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Parameters_AreConvertedByTheSignature()
    {
        MlModelSignature signature = new()
        {
            Inputs = [new MlColumn { Name = "a", Type = MlColumnType.Long }],
            Parameters =
            [
                new MlColumn { Name = "factor", Type = MlColumnType.Double },
                new MlColumn { Name = "names", Type = MlColumnType.String, Shape = [-1] },
                new MlColumn { Name = "mode", Type = MlColumnType.String },
                new MlColumn { Name = "free" },
            ],
        };
        Dictionary<string, object?> parameters = new() { ["factor"] = "1", ["names"] = new object?[] { "x", "y" }, ["mode"] = string.Empty, ["free"] = new object?[] { 1L, null } };

        MlModelRequest request = _builder.Build(signature, [new MlRow(0, null, [5L])], parameters);

        Assert.Equal("""{"input_data":{"columns":["a"],"index":[0],"data":[[5]]},"params":{"factor":1.0,"names":["x","y"],"mode":"","free":[1,null]}}""", request.Body);
        Assert.Empty(_builder.Check(signature, request.Body).Findings);
    }

    [Fact]
    public void Build_ParametersOfATensorModel_StandAfterTheInput()
    {
        MlModelSignature signature = new()
        {
            IsTensor = true,
            Inputs = [new MlColumn { Name = "x", Type = MlColumnType.Double, Shape = [-1] }, new MlColumn { Name = "y", Type = MlColumnType.Long, Shape = [-1] }],
            Parameters = [new MlColumn { Name = "k", Type = MlColumnType.Long }],
        };

        MlModelRequest request = _builder.Build(signature, [new MlRow(0, null, [1d, 2L])], new Dictionary<string, object?> { ["k"] = 7 });

        Assert.Equal("""{"input_data":{"x":[1.0],"y":[2]},"params":{"k":7}}""", request.Body);
    }

    [Fact]
    public void RequireParameters_AllFindings_AreInTheMessage()
    {
        MlModelSignature signature = new() { Inputs = Signature.Inputs, Parameters = [new MlColumn { Name = "factor", Type = MlColumnType.Double }] };

        MlValidationException error = Assert.Throws<MlValidationException>(
            () => _builder.RequireParameters(signature, new Dictionary<string, object?> { ["factr"] = 1, ["factor"] = "x" }));

        Assert.Equal(MlErrorIds.RequestInvalid, error.ErrorId);
        Assert.Contains("Did you mean 'factor'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Parameter 'factor'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, {\"a\": null}]", "[1,{\"a\":null}]")]
    [InlineData("{\"ü\":[]}", "{\"\\u00FC\":[]}")]
    [InlineData("", "null")]
    public void Build_NestedColumn_TakesJsonText(string cell, string expected)
    {
        MlModelSignature signature = new() { Inputs = [new MlColumn { Name = "n", Type = MlColumnType.Nested }] };

        MlModelRequest request = _builder.Build(signature, [new MlRow(0, null, [cell])]);

        Assert.Contains($"\"data\":[[{expected}]]", request.Body, StringComparison.Ordinal);
        Assert.Empty(_builder.Check(signature, request.Body).Findings);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("5")]
    [InlineData("[1,")]
    public void Build_NestedColumn_OtherText_IsNamed(string cell)
    {
        MlModelSignature signature = new() { Inputs = [new MlColumn { Name = "n", Type = MlColumnType.Nested }] };

        MlRequestCheck check = _builder.CheckRows(signature, [new MlRow(0, null, [cell]), new MlRow(1, null, [5L]), new MlRow(2, null, [new object?[] { 1L, "x" }])]);

        Assert.Equal(2, check.Findings.Length);
        Assert.All(check.Findings, finding => Assert.Contains("is no list, object or map", finding, StringComparison.Ordinal));
        Assert.Contains("is no list, object or map", Assert.Single(_builder.Check(signature, """{"input_data":[[5]]}""").Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckRows_EachBadRow_IsAFinding()
    {
        MlModelSignature signature = new() { Inputs = [new MlColumn { Name = "a", Type = MlColumnType.Long }, new MlColumn { Name = "b", Type = MlColumnType.Double, Required = false }] };

        MlRequestCheck check = _builder.CheckRows(signature, [new MlRow(0, null, ["1", MlRow.Missing]), new MlRow(1, null, ["x", 1d]), new MlRow(2, null, [MlRow.Missing, "?"])]);

        Assert.Equal((false, 3, 2), (check.IsValid, check.RowCount, check.Findings.Length));
        Assert.StartsWith("Row 2 (index 1), column 'a'", check.Findings[0], StringComparison.Ordinal);
        Assert.Contains("column 'b'", check.Findings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input_data":{"columns":["age"],"data":[[1],[2]]}}""", 2)]
    [InlineData("""{"input_data":[[1],[2],[3]]}""", 3)]
    [InlineData("""{"input_data":{"age":[1,2]}}""", 2)]
    [InlineData("""{"input_data":"text"}""", null)]
    public void Check_Rows_AreCounted(string body, int? rows) => Assert.Equal(rows, _builder.Check(null, body).RowCount);

    [Theory]
    [InlineData("""{"input_data":[[1,2],[3]]}""", "input_data[1] has 1 elements in dimension 2")]
    [InlineData("""{"input_data":[[1,"a"]]}""", "input_data[0][1]: the text 'a' is no number")]
    [InlineData("""{"input_data":[1,2]}""", "input_data[0]: the number 1 stands where the model takes a list")]
    [InlineData("""{"input_data":[[[1],2]]}""", "input_data[0][0]: a list stands where")]
    [InlineData("""{"input_data":{"a":1}}""", "takes a list of 2 dimensions")]
    public void Check_WrongTensor_Finding(string body, string expected)
    {
        MlModelSignature signature = new() { IsTensor = true, Inputs = [new MlColumn { Name = "0", Type = MlColumnType.Float, Shape = [-1, 2] }] };

        Assert.Contains(_builder.Check(signature, body).Findings, finding => finding.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"input_data":{"columns":["a"],"data":[[1]]}}""", "no list 'index'")]
    [InlineData("""{"input_data":{"columns":["a"],"index":[0,1],"data":[[1],[1,2]]}}""", "Row 2 (index 1) has 2 values")]
    [InlineData("""{"input_data":[[1,2],[3]]}""", "Row 2 (index 1) has 1 values where the first row has 2")]
    public void Check_NoSignature_FormOnly(string body, string expected) => Assert.Contains(_builder.Check(null, body).Findings, finding => finding.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Check_NoSignatureAndAnyInput_NoFinding()
    {
        Assert.Empty(_builder.Check(null, """{"input_data":"text for a language model"}""").Findings);
        Assert.Empty(_builder.Check(null, """{"input_data":{"columns":["a"],"index":[0],"data":[[1]]}}""").Findings);
    }

    [Fact]
    public void Build_TextInColumnNames_IsEscaped()
    {
        MlModelSignature signature = new() { Inputs = [new MlColumn { Name = "a \"b\" ü", Type = MlColumnType.Long }] };

        using JsonDocument document = JsonDocument.Parse(_builder.Build(signature, [new MlRow(0, null, [1])]).Body);

        Assert.Equal("a \"b\" ü", document.RootElement.GetProperty("input_data").GetProperty("columns")[0].GetString());
    }
}
