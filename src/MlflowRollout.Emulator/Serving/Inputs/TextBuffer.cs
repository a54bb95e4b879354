using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Strings, kept as UTF-8 until the runtime copies them. A missing one is an empty one in a tensor: ONNX has no other.</summary>
internal sealed class TextBuffer : CellBuffer
{
    private const int Missing = -1;

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

        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        // Unescaping only shrinks.
        var longest = reader.ValueSpan.Length;
        if (_text.Length - _used < longest)
        {
            Array.Resize(ref _text, Math.Max(_used + longest, _text.Length * 2));
        }

        var length = reader.CopyString(_text.AsSpan(_used));
        _places[index] = (_used, length);
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
            var (start, length) = _places[i];
            if (length > 0)
            {
                writer.Write(_text.AsSpan(start, length));
            }
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
            var (start, length) = _places[i];
            tensor.StringTensorSetElementAt(_text.AsSpan(start, Math.Max(0, length)), i);
        }
    }
}
