using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>
/// Strings, kept as UTF-8 until the runtime copies them. A missing one is an empty one in a tensor: ONNX has no other. A number or a boolean in a column of
/// strings is taken too, since MLflow lets any object pass there: a worker gets it as it is, a tensor its text.
/// </summary>
internal sealed class TextBuffer : CellBuffer
{
    private const int Missing = -1;

    // Marks the length of a text that is a JSON number or boolean.
    private const int Literal = 1 << 30;

    private (int Start, int Length)[] _places = new (int, int)[16];
    private byte[] _text = new byte[256];
    private int _used;

    public override long KeptBytes => _text.Length + (8L * _places.Length);

    public override void EnsureCapacity(int count)
    {
        if (count > _places.Length)
        {
            Array.Resize(ref _places, Math.Max(count, _places.Length * 2));
        }
    }

    public override void Reset() => _used = 0;

    public override bool TryWrite(ref Utf8JsonReader reader, int index, ColumnType type)
    {
        if (type is not (ColumnType.String or ColumnType.Binary or ColumnType.Datetime))
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            return TryWriteMissing(index);
        }

        var literal = type == ColumnType.String && reader.TokenType is (JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False);
        if (!literal && reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        // Unescaping only shrinks.
        var longest = reader.ValueSpan.Length;
        if (_text.Length - _used < longest)
        {
            Array.Resize(ref _text, Math.Max(_used + longest, _text.Length * 2));
        }

        int length;
        if (literal)
        {
            length = longest;
            reader.ValueSpan.CopyTo(_text.AsSpan(_used));
        }
        else
        {
            length = reader.CopyString(_text.AsSpan(_used));
        }

        _places[index] = (_used, literal ? length | Literal : length);
        _used += length;
        return true;
    }

    public override bool TryWriteMissing(int index)
    {
        _places[index] = (0, Missing);
        return true;
    }

    public override void CopyTo(IBufferWriter<byte> writer, int count)
    {
        var lengths = writer.GetSpan(Math.Max(1, count * sizeof(int)));
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(lengths[(i * sizeof(int))..], _places[i].Length);
        }

        writer.Advance(count * sizeof(int));
        for (var i = 0; i < count; i++)
        {
            writer.Write(TextAt(i));
        }
    }

    public override OrtValue CreateTensor(int count, long[] shape)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        Refresh(tensor, count);
        return tensor;
    }

    public override void Refresh(OrtValue tensor, int count)
    {
        for (var i = 0; i < count; i++)
        {
            tensor.StringTensorSetElementAt(TextAt(i), i);
        }
    }

    private ReadOnlySpan<byte> TextAt(int index)
    {
        var (start, length) = _places[index];
        return length == Missing ? [] : _text.AsSpan(start, length & ~Literal);
    }
}
