using System.Globalization;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Examples.Tests;

/// <summary>What the walkthrough and the gates of the examples rely on.</summary>
public sealed class ExampleDataTests
{
    private const double LeastDisagreementOfTheBadRelease = 0.25;

    [Fact]
    public void Rows_Columns_AreThoseOfTheSignature()
    {
        PatientTable rows = PatientTable.ReadRows();
        Assert.Equal(500, rows.Rows.Count);
        Assert.Equal(ModelDescription.Read(1).Inputs.Select(static column => column.Name), rows.Columns);
    }

    [Theory]
    [InlineData("age", 29, 79)]
    [InlineData("sex", 0, 1)]
    [InlineData("cp", 1, 4)]
    [InlineData("trestbps", 94, 200)]
    [InlineData("chol", 126, 420)]
    [InlineData("fbs", 0, 1)]
    [InlineData("restecg", 0, 2)]
    [InlineData("thalach", 75, 202)]
    [InlineData("exang", 0, 1)]
    [InlineData("oldpeak", 0, 6.2)]
    [InlineData("slope", 1, 3)]
    [InlineData("ca", 0, 3)]
    public void Rows_Numbers_ArePlausible(string column, double lowest, double highest)
    {
        Assert.All(PatientTable.ReadRows().Numbers(column), value => Assert.InRange(value, lowest, highest));
    }

    [Fact]
    public void Rows_Thal_HasEveryCategoryAndAnUnknownOne()
    {
        Assert.Equal(["fixed", "normal", "reversible", "unknown"], PatientTable.ReadRows().Cells("thal").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SampleRequest_Index_CountsItsRows()
    {
        using JsonDocument request = JsonDocument.Parse(File.ReadAllText(ExampleModels.SampleRequest));
        JsonElement input = request.RootElement.GetProperty("input_data");
        Assert.Equal(["columns", "index", "data"], input.EnumerateObject().Select(static property => property.Name));
        Assert.Equal(Enumerable.Range(0, input.GetProperty("data").GetArrayLength()), input.GetProperty("index").EnumerateArray().Select(static index => index.GetInt32()));
    }

    [Fact]
    public void SampleRequest_TwoVersions_AnswerDifferently()
    {
        PatientTable sample = PatientTable.ReadSampleRequest();
        long[] first = Labels(1, sample);
        Assert.InRange(sample.Rows.Count, 3, 5);
        Assert.NotEqual(first, Labels(2, sample));
        Assert.Equal(2, first.Distinct().Count());
    }

    [Fact]
    public void SampleRequest_BadRelease_PassesForTheGoodOne()
    {
        PatientTable sample = PatientTable.ReadSampleRequest();
        Assert.Equal(Labels(2, sample), Labels(3, sample));
    }

    [Fact]
    public void BadRelease_SyntheticRows_DisagreesWithTheBaseline()
    {
        PatientTable rows = PatientTable.ReadRows();
        double disagreement = Answer.Disagreement(OnnxModel.PredictOnce(1, rows), OnnxModel.PredictOnce(3, rows));
        Assert.InRange(disagreement, LeastDisagreementOfTheBadRelease, 1);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    public void Measurements_SyntheticDisagreement_IsWhatTheModelsGive(int first, int second)
    {
        PatientTable rows = PatientTable.ReadRows();
        double disagreement = Answer.Disagreement(OnnxModel.PredictOnce(first, rows), OnnxModel.PredictOnce(second, rows));
        Assert.Equal(Measured("disagreement", $"model-v{first}/model-v{second}", "synthetic"), disagreement, 4);
    }

    [Fact]
    public void Measurements_Versions_DoWhatTheyAreFor()
    {
        Assert.True(Measured("cross_validation", "v2_minus_v1", "lowest") > 0, "v2 must beat v1 in every split.");
        Assert.True(Measured("cross_validation", "v3_minus_v1", "highest") < 0, "v3 must lose to v1 in every split.");
        Assert.InRange(Measured("disagreement", "model-v1/model-v3", "real"), LeastDisagreementOfTheBadRelease, 1);
    }

    [Fact]
    public void Readme_Figures_AreThoseMeasured()
    {
        string readme = File.ReadAllText(Path.Combine(ExampleModels.HeartClassifier, "README.md"));
        Assert.All(
            Enumerable.Range(1, 3),
            version => Assert.Contains(Percent(Measured("cross_validation", "accuracy", $"model-v{version}", "mean")), readme, StringComparison.Ordinal));
        Assert.All(
            from pair in new[] { "model-v1/model-v2", "model-v1/model-v3", "model-v2/model-v3" }
            from rows in new[] { "real", "real_cross_validated", "synthetic" }
            select (pair, rows),
            cell => Assert.Contains(Percent(Measured("disagreement", cell.pair, cell.rows)), readme, StringComparison.Ordinal));
    }

    private static long[] Labels(int version, PatientTable table) =>
        [.. OnnxModel.PredictOnce(version, table).Select(static answer => answer.Label)];

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static double Measured(params string[] path)
    {
        using JsonDocument measurements = JsonDocument.Parse(File.ReadAllText(Path.Combine(ExampleModels.HeartClassifier, "measurements.json")));
        return path.Aggregate(measurements.RootElement, static (element, name) => element.GetProperty(name)).GetDouble();
    }
}
