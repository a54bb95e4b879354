using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Numbers, or booleans that the model takes as numbers.</summary>
internal sealed class NumberBuffer<T> : CellBuffer
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private static readonly bool IsFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double);

    private T[] _values = GC.AllocateUninitializedArray<T>(16, pinned: true);

    public override long KeptBytes => (long)_values.Length * Unsafe.SizeOf<T>();

    public override void EnsureCapacity(int count)
    {
        if (count <= _values.Length)
        {
            return;
        }

        var larger = GC.AllocateUninitializedArray<T>(Math.Max(count, _values.Length * 2), pinned: true);
        _values.CopyTo(larger, 0);
        _values = larger;
        Generation++;
    }

    public override bool TryWrite(ref Utf8JsonReader reader, int index, ColumnType type)
    {
        switch (type)
        {
            case ColumnType.Float or ColumnType.Double:
                if (reader.TokenType == JsonTokenType.Number && IsFloating && reader.TryGetDouble(out var real))
                {
                    _values[index] = T.CreateTruncating(real);
                    return true;
                }

                break;
            case ColumnType.Long or ColumnType.Integer:
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var whole) && Fits(whole, type))
                {
                    _values[index] = T.CreateTruncating(whole);
                    return true;
                }

                return false;
            case ColumnType.Boolean:
                if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
                {
                    _values[index] = reader.TokenType == JsonTokenType.True ? T.One : T.Zero;
                    return true;
                }

                return false;
            default:
                return false;
        }

        return reader.TokenType == JsonTokenType.Null && TryWriteMissing(index);
    }

    public override bool TryWriteMissing(int index)
    {
        if (typeof(T) == typeof(float))
        {
            ((float[])(object)_values)[index] = float.NaN;
            return true;
        }

        if (typeof(T) == typeof(double))
        {
            ((double[])(object)_values)[index] = double.NaN;
            return true;
        }

        return false;
    }

    public override void CopyTo(IBufferWriter<byte> writer, int count) => writer.Write(MemoryMarshal.AsBytes(_values.AsSpan(0, count)));

    public override OrtValue CreateTensor(int count, long[] shape)
        => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, count), shape);

    private static bool Fits(long whole, ColumnType type)
    {
        if (type == ColumnType.Integer && whole is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        return IsFloating || typeof(T) == typeof(long)
            || (whole >= long.CreateSaturating(T.MinValue) && whole <= long.CreateSaturating(T.MaxValue));
    }
}
