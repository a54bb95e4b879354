using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>Writes a graph's outputs as the service's JSON.</summary>
internal static class OnnxReply
{
    public static void Write(Utf8JsonWriter writer, ReplyShape shape, string[] names, IReadOnlyList<OrtValue> outputs, int rows)
    {
        if (shape == ReplyShape.Predictions)
        {
            WritePredictions(writer, new OutputView(outputs[0]));
        }
        else if (shape == ReplyShape.Records && outputs.All(o => o.GetTensorTypeAndShape().Shape is [var first, ..] && first == rows))
        {
            WriteRecords(writer, names, [.. outputs.Select(o => new OutputView(o))], rows);
        }
        else
        {
            writer.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                writer.WritePropertyName(names[i]);
                var view = new OutputView(outputs[i]);
                view.WriteFrom(writer, 0, 0);
            }

            writer.WriteEndObject();
        }

        writer.Flush();
    }

    private static void WritePredictions(Utf8JsonWriter writer, OutputView view)
    {
        // Regressors leave [N,1] where their libraries give [N].
        if (view.Shape is [var rows, 1])
        {
            view = view.Reshaped([rows]);
        }

        view.WriteFrom(writer, 0, 0);
    }

    private static void WriteRecords(Utf8JsonWriter writer, string[] names, OutputView[] views, int rows)
    {
        var encoded = names.Select(n => JsonEncodedText.Encode(n)).ToArray();
        writer.WriteStartArray();
        for (var row = 0; row < rows; row++)
        {
            writer.WriteStartObject();
            for (var i = 0; i < views.Length; i++)
            {
                writer.WritePropertyName(encoded[i]);
                var view = views[i];
                if (view.Shape is [_, 1])
                {
                    view = view.Reshaped([rows]);
                }

                view.WriteRow(writer, row);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>One output tensor.</summary>
    private readonly struct OutputView
    {
        private readonly OrtValue _value;
        private readonly TensorElementType _element;

        public OutputView(OrtValue value)
        {
            _value = value;
            var info = value.GetTensorTypeAndShape();
            _element = info.ElementDataType;
            Shape = info.Shape;
        }

        private OutputView(OrtValue value, TensorElementType element, long[] shape)
        {
            _value = value;
            _element = element;
            Shape = shape;
        }

        public long[] Shape { get; }

        public OutputView Reshaped(long[] shape) => new(_value, _element, shape);

        public void WriteRow(Utf8JsonWriter writer, int row)
        {
            var size = 1L;
            for (var i = 1; i < Shape.Length; i++)
            {
                size *= Shape[i];
            }

            WriteFrom(writer, 1, (int)(row * size));
        }

        /// <summary>Writes the part of the tensor below a dimension, from an element on; gives how many elements that were.</summary>
        public int WriteFrom(Utf8JsonWriter writer, int dimension, int start)
        {
            if (dimension == Shape.Length)
            {
                WriteElements(writer, start, 1);
                return 1;
            }

            writer.WriteStartArray();
            var length = (int)Shape[dimension];
            var written = 0;
            if (dimension == Shape.Length - 1)
            {
                WriteElements(writer, start, length);
                written = length;
            }
            else
            {
                for (var i = 0; i < length; i++)
                {
                    written += WriteFrom(writer, dimension + 1, start + written);
                }
            }

            writer.WriteEndArray();
            return written;
        }

        private void WriteElements(Utf8JsonWriter writer, int start, int count)
        {
            switch (_element)
            {
                case TensorElementType.Float:
                    foreach (var value in _value.GetTensorDataAsSpan<float>().Slice(start, count))
                    {
                        // As Python writes it: a 32-bit number widened, then in its shortest form.
                        WriteReal(writer, value);
                    }

                    break;
                case TensorElementType.Double:
                    foreach (var value in _value.GetTensorDataAsSpan<double>().Slice(start, count))
                    {
                        WriteReal(writer, value);
                    }

                    break;
                case TensorElementType.Int64:
                    foreach (var value in _value.GetTensorDataAsSpan<long>().Slice(start, count))
                    {
                        writer.WriteNumberValue(value);
                    }

                    break;
                case TensorElementType.Int32:
                    foreach (var value in _value.GetTensorDataAsSpan<int>().Slice(start, count))
                    {
                        writer.WriteNumberValue(value);
                    }

                    break;
                case TensorElementType.Bool:
                    foreach (var value in _value.GetTensorDataAsSpan<bool>().Slice(start, count))
                    {
                        writer.WriteBooleanValue(value);
                    }

                    break;
                case TensorElementType.String:
                    for (var i = start; i < start + count; i++)
                    {
                        writer.WriteStringValue(_value.GetStringElementAsSpan(i));
                    }

                    break;
                case TensorElementType.UInt8:
                    foreach (var value in _value.GetTensorDataAsSpan<byte>().Slice(start, count))
                    {
                        writer.WriteNumberValue(value);
                    }

                    break;
                default:
                    throw new InputException($"The model's output has the element type {_element}, which this emulator does not write.");
            }
        }

        private static void WriteReal(Utf8JsonWriter writer, double value)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                // JSON has no NaN or infinity.
                writer.WriteNullValue();
            }
        }
    }
}
