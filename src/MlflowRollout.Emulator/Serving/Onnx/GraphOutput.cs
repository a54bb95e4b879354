using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>One output of a graph, written as JSON.</summary>
internal abstract class GraphOutput
{
    /// <summary>Length of the first dimension; -1 for a single value.</summary>
    public abstract long Rows { get; }

    public static GraphOutput Of(OrtValue value)
        => value.OnnxType == OnnxValueType.ONNX_TYPE_SEQUENCE ? new OutputMaps(value) : new OutputTensor(value);

    /// <summary>The predictions, one a row.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>The output in its own shape.</summary>
    public abstract void WriteWhole(Utf8JsonWriter writer);

    /// <summary>What belongs to one row.</summary>
    public abstract void WriteRow(Utf8JsonWriter writer, int row);
}
