using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>A tensor of a graph's outputs. Type and shape are asked for once; the values are read at each write.</summary>
internal sealed class OutputTensor : GraphOutput
{
    private readonly OrtValue _value;
    private readonly TensorElementType _element;
    private readonly long[] _shape;

    // Regressors leave [N,1] where their libraries give [N].
    private readonly long[] _flatShape;
    private readonly int _rowSize;

    public OutputTensor(OrtValue value)
    {
        _value = value;
        var info = value.GetTensorTypeAndShape();
        _element = info.ElementDataType;
        _shape = info.Shape;
        _flatShape = _shape is [var rows, 1] ? [rows] : _shape;
        _rowSize = (int)_shape.Skip(1).Aggregate(1L, (size, dimension) => size * dimension);
    }

    /// <summary>Length of the first dimension; -1 for a single value.</summary>
    public override long Rows => _shape.Length == 0 ? -1 : _shape[0];

    /// <summary>The predictions, one a row.</summary>
    public override void Write(Utf8JsonWriter writer) => WriteFrom(writer, _flatShape, 0, 0);

    /// <summary>The tensor in its own shape.</summary>
    public override void WriteWhole(Utf8JsonWriter writer) => WriteFrom(writer, _shape, 0, 0);

    /// <summary>What belongs to one row.</summary>
    public override void WriteRow(Utf8JsonWriter writer, int row) => WriteFrom(writer, _flatShape, 1, row * _rowSize);

    private int WriteFrom(Utf8JsonWriter writer, long[] shape, int dimension, int start)
    {
        if (dimension == shape.Length)
        {
            WriteElements(writer, start, 1);
            return 1;
        }

        writer.WriteStartArray();
        var length = (int)shape[dimension];
        var written = 0;
        if (dimension == shape.Length - 1)
        {
            WriteElements(writer, start, length);
            written = length;
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                written += WriteFrom(writer, shape, dimension + 1, start + written);
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
                WriteWhole<int>(writer, start, count);
                break;
            case TensorElementType.Int16:
                WriteWhole<short>(writer, start, count);
                break;
            case TensorElementType.Int8:
                WriteWhole<sbyte>(writer, start, count);
                break;
            case TensorElementType.UInt32:
                WriteWhole<uint>(writer, start, count);
                break;
            case TensorElementType.UInt16:
                WriteWhole<ushort>(writer, start, count);
                break;
            case TensorElementType.UInt8:
                WriteWhole<byte>(writer, start, count);
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
            default:
                throw new InputException($"The model's output has the element type {_element}, which this emulator does not write.");
        }
    }

    private void WriteWhole<T>(Utf8JsonWriter writer, int start, int count)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        foreach (var value in _value.GetTensorDataAsSpan<T>().Slice(start, count))
        {
            writer.WriteNumberValue(long.CreateTruncating(value));
        }
    }

    internal static void WriteReal(Utf8JsonWriter writer, double value)
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
