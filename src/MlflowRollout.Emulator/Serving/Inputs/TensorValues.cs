using System.Text.Json;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Reads the array forms of <c>input_data</c>: one tensor as nested arrays, or an object of them by name.</summary>
internal sealed class TensorValues(InputTensor[] tensors, CellBuffer[] buffers) : IInputReader
{
    private const int DeepestTensor = 16;

    private readonly bool[] _present = new bool[tensors.Length];
    private readonly long[][] _shapes = [.. tensors.Select(_ => Array.Empty<long>())];

    public int Rows { get; private set; }

    /// <summary>The shape that a tensor had in this request.</summary>
    public long[] ShapeOf(int tensor) => _shapes[tensor];

    public void Reset()
    {
        Rows = 0;
        _present.AsSpan().Clear();
        foreach (var buffer in buffers)
        {
            buffer.Reset();
        }
    }

    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            if (tensors.Length != 1)
            {
                throw new InputException($"The model takes {tensors.Length} named tensors: send an object with {Names(_ => true)}.");
            }

            ReadTensor(ref reader, 0);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader);
        }
        else
        {
            throw new InputException("'input_data' must be an array or an object of arrays by tensor name.");
        }

        if (_present.AsSpan().Contains(false))
        {
            throw InputException.Schema($"Model is missing inputs [{Names(i => !_present[i])}].");
        }

        Rows = _shapes[0].Length == 0 ? 1 : (int)_shapes[0][0];
    }

    private string Names(Func<int, bool> which)
        => string.Join(", ", tensors.Where((_, i) => which(i)).Select(t => $"'{t.Name}'"));

    private void ReadObject(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var index = -1;
            for (var i = 0; i < tensors.Length; i++)
            {
                if (reader.ValueTextEquals(tensors[i].Name))
                {
                    index = i;
                }
            }

            // A table for a model with one tensor: its values, row by row.
            if (index < 0 && tensors.Length == 1 && reader.ValueTextEquals("data"u8))
            {
                index = 0;
            }

            reader.Read();
            if (index < 0)
            {
                reader.Skip();
            }
            else
            {
                ReadTensor(ref reader, index);
            }
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, int index)
    {
        var tensor = tensors[index];
        var dimensions = new long[DeepestTensor];
        dimensions.AsSpan().Fill(-1);
        var count = 0;
        var rank = ReadLevel(ref reader, index, 0, dimensions, ref count);
        var shape = dimensions.AsSpan(0, rank).ToArray();
        var expected = tensor.Shape;
        var fits = shape.Length == expected.Length;
        for (var i = 0; fits && i < shape.Length; i++)
        {
            fits = expected[i] < 0 || expected[i] == shape[i];
        }

        if (!fits)
        {
            throw InputException.Schema($"Shape of input ({string.Join(", ", shape)}) does not match expected shape ({string.Join(", ", expected)}) of tensor '{tensor.Name}'.");
        }

        _shapes[index] = shape;
        _present[index] = true;
    }

    private int ReadLevel(ref Utf8JsonReader reader, int index, int depth, long[] dimensions, ref int count)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var buffer = buffers[index];
            buffer.EnsureCapacity(count + 1);
            if (!buffer.TryWrite(ref reader, count, tensors[index].Element))
            {
                throw InputException.Schema(
                    $"Incompatible input types for tensor {tensors[index].Name}: element {count} is not a {tensors[index].DataType}.");
            }

            count++;
            return depth;
        }

        if (depth == DeepestTensor)
        {
            throw new InputException($"Tensor '{tensors[index].Name}' is nested deeper than {DeepestTensor}.");
        }

        long length = 0;
        var rank = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var below = ReadLevel(ref reader, index, depth + 1, dimensions, ref count);
            if (rank >= 0 && below != rank)
            {
                throw Ragged(index);
            }

            rank = below;
            length++;
        }

        if (dimensions[depth] >= 0 && dimensions[depth] != length)
        {
            throw Ragged(index);
        }

        dimensions[depth] = length;
        return rank < 0 ? depth + 1 : rank;
    }

    private InputException Ragged(int index)
        => new($"Tensor '{tensors[index].Name}' is ragged: all arrays of one level must have the same length.");
}
