using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Cells of types that only Python has (arrays, objects, maps), kept as JSON.</summary>
/// <param name="nested">What a cell must be; null for anything.</param>
internal sealed class JsonBuffer(NestedType? nested) : CellBuffer
{
    private byte[]?[] _cells = new byte[]?[16];

    public override long KeptBytes => 8L * _cells.Length;

    public override void EnsureCapacity(int count)
    {
        if (count > _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(count, _cells.Length * 2));
        }
    }

    public override void Reset() => _cells.AsSpan().Clear();

    public override bool TryWrite(ref Utf8JsonReader reader, int index, ColumnType type)
    {
        using var cell = JsonDocument.ParseValue(ref reader);
        if (nested?.Fits(cell.RootElement) == false)
        {
            return false;
        }

        _cells[index] = cell.RootElement.ValueKind == JsonValueKind.Null ? null : JsonSerializer.SerializeToUtf8Bytes(cell.RootElement);
        return true;
    }

    public override bool TryWriteMissing(int index)
    {
        _cells[index] = null;
        return true;
    }

    public override void CopyTo(IBufferWriter<byte> writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), _cells[i]?.Length ?? -1);
            writer.Advance(sizeof(int));
        }

        for (var i = 0; i < count; i++)
        {
            writer.Write(_cells[i]);
        }
    }

    public override OrtValue CreateTensor(int count, long[] shape)
        => throw new NotSupportedException("A graph has no input of this type; its plan refuses such columns.");
}
