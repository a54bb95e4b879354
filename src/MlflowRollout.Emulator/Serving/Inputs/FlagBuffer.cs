using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Booleans.</summary>
internal sealed class FlagBuffer : CellBuffer
{
    private bool[] _values = GC.AllocateUninitializedArray<bool>(16, pinned: true);

    public override long KeptBytes => _values.Length;

    public override void EnsureCapacity(int count)
    {
        if (count <= _values.Length)
        {
            return;
        }

        var larger = GC.AllocateUninitializedArray<bool>(Math.Max(count, _values.Length * 2), pinned: true);
        _values.CopyTo(larger, 0);
        _values = larger;
        Generation++;
    }

    public override bool TryWrite(ref Utf8JsonReader reader, int index, ColumnType type)
    {
        if (type != ColumnType.Boolean || reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            return false;
        }

        _values[index] = reader.TokenType == JsonTokenType.True;
        return true;
    }

    public override bool TryWriteMissing(int index) => false;

    public override void CopyTo(IBufferWriter<byte> writer, int count) => writer.Write(MemoryMarshal.AsBytes(_values.AsSpan(0, count)));

    public override OrtValue CreateTensor(int count, long[] shape)
        => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, count), shape);
}
