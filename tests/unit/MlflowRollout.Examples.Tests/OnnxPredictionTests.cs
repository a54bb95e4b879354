using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace MlflowRollout.Examples.Tests;

/// <summary>ONNX Runtime answers as the pickled scikit-learn pipelines do.</summary>
public sealed class OnnxPredictionTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Predict_AllSyntheticRows_EqualsThePickledPipeline(int version)
    {
        AssertEqual(Answer.ReadExpected($"model-v{version}"), OnnxModel.PredictOnce(version, PatientTable.ReadRows()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Predict_AbsentNumber_GoesTheWayThePickledPipelineGoes(int version)
    {
        IReadOnlyList<Answer> expected = Answer.ReadExpected($"model-v{version}-without-oldpeak");
        PatientTable rows = PatientTable.ReadRows().Take(expected.Count).With("oldpeak", "NaN");
        AssertEqual(expected, OnnxModel.PredictOnce(version, rows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Predict_RowByRow_EqualsTheBatch(int version)
    {
        PatientTable rows = PatientTable.ReadRows().Take(50);
        using OnnxModel model = new(version);
        IReadOnlyList<Answer> batch = model.Predict(rows);
        AssertEqual(batch, [.. Enumerable.Range(0, rows.Rows.Count).SelectMany(row => model.Predict(rows.Only(row)))]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Predict_AnyUnknownCategory_IsTheSameUnknown(int version)
    {
        PatientTable rows = PatientTable.ReadRows().Take(50);
        using OnnxModel model = new(version);
        IReadOnlyList<Answer> unknown = model.Predict(rows.With("thal", "unknown"));
        AssertEqual(unknown, model.Predict(rows.With("thal", "")));
        AssertEqual(unknown, model.Predict(rows.With("thal", "NORMAL")));
        Assert.NotEqual(Probabilities(unknown), Probabilities(model.Predict(rows.With("thal", "reversible"))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Graph_InputsAndOutputs_AreThoseOfTheSignature(int version)
    {
        using OnnxModel model = new(version);
        ModelDescription description = ModelDescription.Read(version);

        Assert.Equal(description.Inputs.Select(static column => column.Name), model.Session.InputNames);
        foreach (SignatureColumn column in description.Inputs)
        {
            NodeMetadata input = model.Session.InputMetadata[column.Name];
            Type expected = column.Type switch { "long" => typeof(long), "double" => typeof(double), _ => typeof(string) };
            Assert.Equal(expected, input.IsString ? typeof(string) : input.ElementType);
            Assert.Equal([-1, 1], input.Dimensions);
        }

        Assert.Equal(["label", "probabilities"], model.Session.OutputNames);
        Assert.Contains(description.Text("flavors", "onnx", "predict_output"), model.Session.OutputNames);
    }

    private static void AssertEqual(IReadOnlyList<Answer> expected, IReadOnlyList<Answer> actual)
    {
        Assert.Equal(expected.Select(static answer => answer.Label), actual.Select(static answer => answer.Label));
        Assert.All(
            expected.Zip(actual),
            static pair => Assert.All(
                pair.First.Probabilities.Zip(pair.Second.Probabilities),
                static values => Assert.InRange(values.Second, values.First - Tolerance, values.First + Tolerance)));
    }

    private static double[] Probabilities(IReadOnlyList<Answer> answers) => [.. answers.Select(static answer => answer.Probabilities[1])];
}
