using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>A list of maps, one a row, such as the probabilities by class that ZipMap makes: objects in JSON. The values are read once.</summary>
internal sealed class OutputMaps : GraphOutput
{
    private readonly (string[] Keys, double[] Numbers, string[]? Texts)[] _rows;

    public OutputMaps(OrtValue value)
    {
        var allocator = OrtAllocator.DefaultInstance;
        _rows = new (string[], double[], string[]?)[value.GetValueCount()];
        for (var row = 0; row < _rows.Length; row++)
        {
            using var map = value.GetValue(row, allocator);
            using var keys = map.GetValue(0, allocator);
            using var values = map.GetValue(1, allocator);
            var isText = values.GetTensorTypeAndShape().ElementDataType == TensorElementType.String;
            _rows[row] = (Keys(keys), isText ? [] : Numbers(values), isText ? values.GetStringTensorAsArray() : null);
        }
    }

    public override long Rows => _rows.Length;

    public override void Write(Utf8JsonWriter writer) => WriteWhole(writer);

    public override void WriteWhole(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (var row = 0; row < _rows.Length; row++)
        {
            WriteRow(writer, row);
        }

        writer.WriteEndArray();
    }

    public override void WriteRow(Utf8JsonWriter writer, int row)
    {
        var (keys, numbers, texts) = _rows[row];
        writer.WriteStartObject();
        for (var i = 0; i < keys.Length; i++)
        {
            writer.WritePropertyName(keys[i]);
            if (texts is not null)
            {
                writer.WriteStringValue(texts[i]);
            }
            else
            {
                OutputTensor.WriteReal(writer, numbers[i]);
            }
        }

        writer.WriteEndObject();
    }

    private static string[] Keys(OrtValue keys) => keys.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.String => keys.GetStringTensorAsArray(),
        TensorElementType.Int64 => [.. keys.GetTensorDataAsSpan<long>().ToArray().Select(key => key.ToString(CultureInfo.InvariantCulture))],
        var other => throw new InputException($"The model's output is a map with keys of type {other}, which this emulator does not write."),
    };

    private static double[] Numbers(OrtValue values) => values.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Float => [.. values.GetTensorDataAsSpan<float>().ToArray().Select(value => (double)value)],
        TensorElementType.Double => values.GetTensorDataAsSpan<double>().ToArray(),
        TensorElementType.Int64 => [.. values.GetTensorDataAsSpan<long>().ToArray().Select(value => (double)value)],
        var other => throw new InputException($"The model's output is a map with values of type {other}, which this emulator does not write."),
    };
}
