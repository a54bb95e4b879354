using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.TestMlModelRequest;

public sealed class TestMlModelRequestTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string HeartColumns =
        "-ColumnType ([ordered]@{ age = 'long'; sex = 'long'; cp = 'long'; trestbps = 'long'; chol = 'long'; fbs = 'long'; restecg = 'long'; thalach = 'long'; exang = 'long'; oldpeak = 'double'; slope = 'long'; ca = 'long'; thal = 'string' })";

    private const string Parameters =
        """params: '[{"name": "threshold", "type": "double", "default": 0.5, "shape": null}, {"name": "tags", "dtype": "string", "default": null, "shape": [-1]}]'""";

    public static TheoryData<string> Sources => new(
        "-Model $model",
        "-Model $model.Reference",
        "-Endpoint $endpoint",
        "-Endpoint $endpoint -Deployment blue",
        "-Deployment $blue",
        "-Path $args[1]",
        "-LiteralPath $args[1]",
        HeartColumns);

    [Theory]
    [MemberData(nameof(Sources))]
    public void EverySource_JudgesAllFormsAlike(string source)
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            $$"""
            $rows = Import-Csv $args[0] | Select-Object -First 3
            $request = $rows | ConvertTo-MlModelRequest $model
            $wrong = $request.Body.Replace('"thal"', '"thall"')
            $rows | Test-MlModelRequest {{source}}
            $request | Test-MlModelRequest {{source}}
            $request.Body | Test-MlModelRequest {{source}}
            Test-MlModelRequest -Body $request.Body {{source}}
            Test-MlModelRequest -RequestFile $args[2] {{source}}
            $rows[1].thal = $null; $rows[1].age = '5.5'
            $rows | Test-MlModelRequest {{source}} -WarningAction SilentlyContinue
            Test-MlModelRequest -Body $wrong {{source}} -WarningAction SilentlyContinue
            """,
            ExampleModels.Rows, ExampleModels.V1, ExampleModels.SampleRequest).AssertSucceeded();

        Assert.Equal([true, true, true, true, true, false, false], result.Values());
    }

    [Theory]
    [InlineData("$model | Test-MlModelRequest -RequestFile $args[0]")]
    [InlineData("$endpoint | Test-MlModelRequest -RequestFile $args[0]")]
    [InlineData("$endpoint.Name | Test-MlModelRequest -RequestFile $args[0]")]
    [InlineData("$blue | Test-MlModelRequest -RequestFile $args[0]")]
    [InlineData("Register-MlModel $endpoint.Name -Path $args[1] | Test-MlModelRequest -RequestFile $args[0]")]
    public void Target_FromThePipeline_IsTheSignature(string script)
    {
        EndpointWithBlue();

        Assert.True(Session.Invoke(script, ExampleModels.SampleRequest, ExampleModels.V2).One<bool>());
    }

    [Fact]
    public void Rows_AreAllLookedAt_AndTheFirstFindingsTold()
    {
        InvocationResult result = Session.Invoke(
            "1..2500 | ForEach-Object { @{ age = if ($_ % 25) { $_ } else { 'x' } } } | Test-MlModelRequest -ColumnType @{ age = 'long' } -Detailed");

        MlRequestCheck check = result.One<MlRequestCheck>();
        Assert.Equal((false, 2500, 51), (check.IsValid, check.RowCount, check.Findings.Length));
        Assert.StartsWith("Row 25 (index 24), column 'age'", check.Findings[0], StringComparison.Ordinal);
        Assert.Contains("50 more", check.Findings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_UnknownColumn_IsAFindingOnlyWithStrict()
    {
        const string Rows = "@{ age = 1; note = 'x' } | Test-MlModelRequest -ColumnType @{ age = 'long' } -WarningAction SilentlyContinue";

        Assert.Equal([true, false], Session.Invoke($"{Rows}; {Rows} -Strict").AssertSucceeded().Values());
    }

    [Fact]
    public void NoSource_OnlyTheFormIsChecked()
    {
        InvocationResult result = Session.Invoke(
            """
            Test-MlModelRequest -Body '{"input_data":{"columns":["whatever"],"index":[0],"data":[[1]]}}' -Verbose
            Test-MlModelRequest -Body '{"inputs":[[1]]}' -WarningAction SilentlyContinue
            Test-MlModelRequest -Body 'no json' -WarningAction SilentlyContinue
            """).AssertSucceeded();

        Assert.Equal([true, false, false], result.Values());
        Assert.Contains(result.Verbose, line => line.Contains("only the form", StringComparison.Ordinal));
    }

    [Fact]
    public void ModelWithoutSignature_TakesWholeRequestsAndNoRows()
    {
        using TemporaryFolder folder = new();
        folder.Write("MLmodel", "flavors:\n  python_function:\n    loader_module: own\n");

        InvocationResult whole = Session.Invoke("Test-MlModelRequest -Body '{\"input_data\":[[1]]}' -Path $args[0] -Verbose", folder.Path);
        ErrorRecord rows = Session.Invoke("@{ a = 1 } | Test-MlModelRequest -Path $args[0]", folder.Path).Error;

        Assert.True(whole.One<bool>());
        Assert.Contains(whole.Verbose, line => line.Contains("Only the form", StringComparison.Ordinal));
        AssertError(rows, MlErrorIds.SignatureNotFound, ErrorCategory.ObjectNotFound, folder.Path, "-ColumnType");
    }

    [Theory]
    [InlineData("-Parameter @{ threshold = 0.7 }", true, "")]
    [InlineData("-Parameter @{ threshold = '0,7' }", false, "'threshold'")]
    [InlineData("-Parameter @{ treshold = 0.7 }", false, "Did you mean 'threshold'")]
    [InlineData("-Parameter @{ tags = 'a', 'b'; threshold = $null }", true, "")]
    [InlineData("-Parameter @{ tags = 5 }", false, "'tags'")]
    public void Parameters_AreHeldAgainstTheSignature(string parameter, bool valid, string finding)
    {
        using TemporaryFolder folder = FolderWithParameters();

        MlRequestCheck check = Session.Invoke($"(Import-Csv $args[0])[0] | Test-MlModelRequest -Path $args[1] {parameter} -Detailed", ExampleModels.Rows, folder.Path)
            .One<MlRequestCheck>();

        Assert.Equal(valid, check.IsValid);
        Assert.Contains(finding, string.Concat(check.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_OfConvertTo_GoIntoTheBodyByTheirTypes()
    {
        using TemporaryFolder folder = FolderWithParameters();

        MlModelRequest request = Session.Invoke(
            "(Import-Csv $args[0])[0] | ConvertTo-MlModelRequest -Path $args[1] -Parameter ([ordered]@{ threshold = '1'; tags = 'a', 'b' })", ExampleModels.Rows, folder.Path)
            .One<MlModelRequest>();

        Assert.EndsWith("""},"params":{"threshold":1.0,"tags":["a","b"]}}""", request.Body, StringComparison.Ordinal);
        Assert.True(Session.Invoke("Test-MlModelRequest -Body $args[0] -Path $args[1]", request.Body, folder.Path).One<bool>());
    }

    [Fact]
    public void Parameters_ModelWithoutAny_AreRefusedBeforeAnythingIsSent()
    {
        EndpointWithBlue();

        ErrorRecord error = Session.Invoke("(Import-Csv $args[0])[0] | Invoke-MlEndpoint -Endpoint $endpoint -Parameter @{ threshold = 0.7 }", ExampleModels.Rows).Error;

        AssertError(error, MlErrorIds.RequestInvalid, ErrorCategory.InvalidData, "'threshold'", "no others");
    }

    [Theory]
    [InlineData("Test-MlModelRequest -Body '{}' -Path $args[1] -ColumnType @{ a = 'long' }", MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "-ColumnType and -Path")]
    [InlineData("@{ a = 1 } | Test-MlModelRequest", MlErrorIds.SignatureNotFound, ErrorCategory.InvalidArgument, "-Model")]
    [InlineData("Test-MlModelRequest", MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "-RequestFile")]
    [InlineData("Test-MlModelRequest -Body '{}' -Model no-such-model", MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, "no-such-model")]
    [InlineData("Test-MlModelRequest -RequestFile ./no-such-file.json", MlErrorIds.PathNotFound, ErrorCategory.ObjectNotFound, "no-such-file.json")]
    [InlineData("[System.IO.FileInfo]::new($args[0]) | Test-MlModelRequest -Path $args[1]", MlErrorIds.RowInvalid, ErrorCategory.InvalidArgument, "is a file")]
    public void Mistakes_AreErrorsAndNoVerdict(string script, string id, ErrorCategory category, string word)
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(script, ExampleModels.Rows, ExampleModels.V1);

        Assert.Empty(result.Output);
        AssertError(result.Error, id, category, word);
    }

    private static TemporaryFolder FolderWithParameters()
    {
        TemporaryFolder folder = new();
        foreach (string file in Directory.GetFiles(ExampleModels.V1))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        string text = File.ReadAllText(folder["MLmodel"]);
        Assert.Contains("  params: null", text, StringComparison.Ordinal);
        File.WriteAllText(folder["MLmodel"], text.Replace("params: null", Parameters, StringComparison.Ordinal));
        return folder;
    }
}
