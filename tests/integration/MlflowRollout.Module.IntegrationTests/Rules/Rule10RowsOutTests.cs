using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 10: one result for each row, in order, whatever happens to some of them.</summary>
public sealed class Rule10RowsOutTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private static readonly string[] File = [ExampleModels.Rows];

    [Theory]
    [InlineData("-BatchSize 1")]
    [InlineData("-BatchSize 7")]
    [InlineData("")]
    public void Results_AreInTheOrderOfTheRows(string options)
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke($"Import-Csv $args[0] | Invoke-MlEndpoint -Endpoint $endpoint {options}", File);

        MlPrediction[] predictions = [.. result.Values().Cast<MlPrediction>()];
        Assert.Equal(Enumerable.Range(0, 500).Select(index => (long)index), predictions.Select(prediction => prediction.Index));
        Assert.Equal(ExpectedLabels.Of(1), predictions.Select(prediction => Convert.ToInt64(prediction.Prediction)));
        Assert.All(predictions, prediction =>
        {
            Assert.Equal("blue", prediction.Deployment);
            Assert.NotNull(prediction.RequestId);
            Assert.NotNull(prediction.Input);
            Assert.Null(prediction.Error);
            Assert.True(prediction.RequestLatency > TimeSpan.Zero);
        });
    }

    [Fact]
    public void Unordered_GivesEveryRowOnce()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Invoke-MlEndpoint -Endpoint $endpoint -Unordered -BatchSize 3 -ThrottleLimit 4", File);

        Assert.Equal(Enumerable.Range(0, 500).Select(index => (long)index), result.Values().Cast<MlPrediction>().Select(prediction => prediction.Index).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Strict")]
    public void BadRows_StandAlone_AndTheOthersAreAnswered(string options)
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            $$"""
            $i = 0
            Import-Csv $args[0] | Select-Object -First 60 | ForEach-Object { if ($i++ % 10 -eq 3) { $_.age = 'bad' }; $_ } | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 20 {{options}}
            """,
            File);

        MlPrediction[] predictions = [.. result.Output.Select(item => (MlPrediction)item.BaseObject)];
        Assert.Equal(Enumerable.Range(0, 60).Select(index => (long)index), predictions.Select(prediction => prediction.Index));
        Assert.Equal([3L, 13, 23, 33, 43, 53], predictions.Where(prediction => prediction.Error is not null).Select(prediction => prediction.Index));
        Assert.All(predictions.Where(prediction => prediction.Error is null), prediction => Assert.NotNull(prediction.Prediction));
        Assert.Equal(6, result.Errors.Count);
        Assert.All(result.Errors, error => AssertError(error, MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "'age'", "bad"));
    }

    [Fact]
    public void RowsThatCannotBeRead_KeepTheirPlace()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $rows = Import-Csv $args[0] | Select-Object -First 3
            $odd = $rows[0] | Select-Object *, extra
            $odd, $rows[0], $null, $rows[1], $odd, $odd, $rows[2], $odd | Invoke-MlEndpoint -Endpoint $endpoint -Strict -BatchSize 2
            """,
            File);

        MlPrediction[] predictions = [.. result.Output.Select(item => (MlPrediction)item.BaseObject)];
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6, 7], predictions.Select(prediction => prediction.Index));
        Assert.Equal([false, true, false, true, false, false, true, false], predictions.Select(prediction => prediction.Error is null));
    }

    [Fact]
    public void AsRow_GivesTheRowWithTheResult()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Select-Object -First 2 | Invoke-MlEndpoint -Endpoint $endpoint -As Row", File);

        PSObject row = result.AssertSucceeded().Output[1];
        Assert.Equal(
            ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal", "Prediction", "Deployment", "RequestId", "Error"],
            row.Properties.Select(property => property.Name));
        Assert.Equal(("59", "blue"), (row.Properties["age"].Value, row.Properties["Deployment"].Value));
    }

    [Fact]
    public void AsRow_WhereTheRowHasAColumnOfThatName_KeepsBoth()
    {
        EndpointWithBlue();

        PSObject row = Assert.Single(Session.Invoke(
            "(Import-Csv $args[0])[0] | Select-Object *, @{ n = 'deployment'; e = { 'mine' } } | Invoke-MlEndpoint -Endpoint $endpoint -As Row", File).AssertSucceeded().Output);

        Assert.Equal(("mine", "blue"), (row.Properties["Inputdeployment"].Value.ToString(), row.Properties["Deployment"].Value));
    }

    [Fact]
    public void AsRow_ToExportCsv_IsATableWithEveryRow()
    {
        EndpointWithBlue();
        using var folder = new TemporaryFolder();

        Session.Invoke(
            "$i = 0; Import-Csv $args[0] | ForEach-Object { if ($i++ -eq 0) { $_.age = '' }; $_ } | Invoke-MlEndpoint -Endpoint $endpoint -As Row -ErrorAction SilentlyContinue | Export-Csv $args[1]",
            ExampleModels.Rows, folder["out.csv"]);

        string[] lines = System.IO.File.ReadAllLines(folder["out.csv"]);
        Assert.Equal(501, lines.Length);
        Assert.EndsWith("\"Prediction\",\"Deployment\",\"RequestId\",\"Error\"", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_GivesTheBodyAsItCame()
    {
        EndpointWithBlue();

        string body = Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0] -Raw", ExampleModels.SampleRequest).One<string>();

        Assert.StartsWith("[", body, StringComparison.Ordinal);
        Assert.EndsWith("]", body, StringComparison.Ordinal);
    }

    [Fact]
    public void MaxErrors_EndsAHopelessRun()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | ForEach-Object { $_.age = 'bad'; $_ } | Invoke-MlEndpoint -Endpoint $endpoint -MaxErrors 5", File);

        Assert.Equal(6, result.Output.Count);
        AssertError(result.Errors[^1], MlErrorIds.TooManyErrors, ErrorCategory.LimitsExceeded, "-MaxErrors", "5");
    }

    [Fact]
    public void Downstream_ThatHasEnough_EndsTheStream()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 2 | Select-Object -First 3; 'after'", File);

        Assert.Equal(4, result.AssertSucceeded().Output.Count);
    }
}
