using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>Parses one body of one row (<c>input_data</c> with columns, index and data), runs the graph, writes the labels.</summary>
internal sealed class BareRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly byte[][] _names;
    private readonly int[] _order;
    private readonly object[] _cells;
    private readonly OrtValue[] _tensors;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly IDisposableReadOnlyCollection<OrtValue> _outputs;
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;

    public BareRun(InferenceSession session)
    {
        _session = session;
        KeyValuePair<string, NodeMetadata>[] inputs = [.. session.InputMetadata];
        _names = [.. inputs.Select(static input => Encoding.UTF8.GetBytes(input.Key))];
        _order = new int[inputs.Length];
        _cells = [.. inputs.Select(static input => Cells(input.Value.ElementDataType))];
        _tensors = [.. _cells.Select(Tensor)];
        _binding = session.CreateIoBinding();
        for (int i = 0; i < inputs.Length; i++)
        {
            _binding.BindInput(inputs[i].Key, _tensors[i]);
        }

        _binding.BindOutputToDevice("label", OrtMemoryInfo.DefaultInstance);
        session.RunWithBinding(_options, _binding);
        _outputs = _binding.GetOutputValues();
        _writer = new Utf8JsonWriter(_buffer);
    }

    public ReadOnlyMemory<byte> Score(ReadOnlySpan<byte> body)
    {
        Read(body);
        _session.RunWithBinding(_options, _binding);
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartArray();
        foreach (long label in _outputs[0].GetTensorDataAsSpan<long>())
        {
            _writer.WriteNumberValue(label);
        }

        _writer.WriteEndArray();
        _writer.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose()
    {
        _outputs.Dispose();
        _binding.Dispose();
        foreach (OrtValue tensor in _tensors)
        {
            tensor.Dispose();
        }

        _options.Dispose();
        _writer.Dispose();
    }

    private void Read(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body);
        Expect(ref reader, JsonTokenType.StartObject);
        Expect(ref reader, JsonTokenType.PropertyName);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("columns"u8))
            {
                ReadColumns(ref reader);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                ReadRow(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadColumns(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        for (int position = 0; reader.Read() && reader.TokenType == JsonTokenType.String; position++)
        {
            _order[position] = reader.ValueTextEquals(_names[position]) ? position : Find(ref reader);
        }
    }

    private int Find(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (reader.ValueTextEquals(_names[i]))
            {
                return i;
            }
        }

        throw new JsonException($"Unknown column '{reader.GetString()}'.");
    }

    private void ReadRow(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        Expect(ref reader, JsonTokenType.StartArray);
        for (int position = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
        {
            switch (_cells[_order[position]])
            {
                case long[] numbers:
                    numbers[0] = reader.GetInt64();
                    break;
                case double[] numbers:
                    numbers[0] = reader.GetDouble();
                    break;
                case float[] numbers:
                    numbers[0] = reader.GetSingle();
                    break;
                default:
                    _tensors[_order[position]].StringTensorSetElementAt(reader.ValueSpan, 0);
                    break;
            }
        }

        Expect(ref reader, JsonTokenType.EndArray);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new JsonException($"Expected {token}, found {reader.TokenType}.");
        }
    }

    private static object Cells(TensorElementType type) => type switch
    {
        TensorElementType.Int64 => new long[1],
        TensorElementType.Double => new double[1],
        TensorElementType.Float => new float[1],
        TensorElementType.String => string.Empty,
        _ => throw new NotSupportedException($"The model has an input of type {type}."),
    };

    private static OrtValue Tensor(object cells) => cells switch
    {
        long[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, [1, 1]),
        double[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, [1, 1]),
        float[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, [1, 1]),
        _ => OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, 1]),
    };
}
