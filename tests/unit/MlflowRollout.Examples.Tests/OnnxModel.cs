using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Examples.Tests;

/// <summary>One version in ONNX Runtime, fed as its signature says.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly IReadOnlyList<SignatureColumn> _columns;

    public OnnxModel(int version)
    {
        ModelDescription description = ModelDescription.Read(version);
        _columns = description.Inputs;
        _session = new InferenceSession(Path.Combine(ExampleModels.Version(version), description.Text("flavors", "onnx", "data")));
    }

    public InferenceSession Session => _session;

    public static IReadOnlyList<Answer> PredictOnce(int version, PatientTable table)
    {
        using OnnxModel model = new(version);
        return model.Predict(table);
    }

    public IReadOnlyList<Answer> Predict(PatientTable table)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> outputs = _session.Run([.. _columns.Select(column => Input(column, table))]);
        DenseTensor<long> labels = outputs.Single(static output => output.Name == "label").AsTensor<long>().ToDenseTensor();
        DenseTensor<float> probabilities = outputs.Single(static output => output.Name == "probabilities").AsTensor<float>().ToDenseTensor();
        Assert.Equal([table.Rows.Count], labels.Dimensions.ToArray());
        Assert.Equal([table.Rows.Count, 2], probabilities.Dimensions.ToArray());
        return [.. Enumerable.Range(0, table.Rows.Count).Select(row => new Answer(labels[row], [probabilities[row, 0], probabilities[row, 1]]))];
    }

    public void Dispose() => _session.Dispose();

    private static NamedOnnxValue Input(SignatureColumn column, PatientTable table) => column.Type switch
    {
        "long" => Input(column.Name, table, static cell => long.Parse(cell, CultureInfo.InvariantCulture)),
        "double" => Input(column.Name, table, static cell => double.Parse(cell, CultureInfo.InvariantCulture)),
        "string" => Input(column.Name, table, static cell => cell),
        _ => throw new InvalidOperationException($"Column '{column.Name}' has the type '{column.Type}', which no example model has."),
    };

    private static NamedOnnxValue Input<T>(string name, PatientTable table, Func<string, T> parse) =>
        NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(table.Cells(name).Select(parse).ToArray(), [table.Rows.Count, 1]));
}
