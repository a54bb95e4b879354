using System.Buffers;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>
/// Values of one model input, filled straight from JSON tokens. The memory stays where it is between requests, so that a tensor over it
/// can be bound once.
/// </summary>
internal abstract class CellBuffer : IDisposable
{
    /// <summary>Grows with each reallocation: a tensor over the old memory is stale.</summary>
    public int Generation { get; protected set; }

    /// <summary>Memory held between requests.</summary>
    public abstract long KeptBytes { get; }

    /// <summary>Makes room, keeping what is there.</summary>
    public abstract void EnsureCapacity(int count);

    /// <summary>Forgets the values of the request before.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>Writes the current token if the MLflow type allows it.</summary>
    public abstract bool TryWrite(ref Utf8JsonReader reader, int index, ColumnType type);

    /// <summary>Writes a missing value if this memory has one.</summary>
    public abstract bool TryWriteMissing(int index);

    /// <summary>
    /// Copies the first <paramref name="count"/> values in the form in which a worker process takes them: numbers as they are in memory,
    /// texts as their lengths (-1 for a missing one, bit 30 set for a number or boolean in JSON) and then their bytes.
    /// </summary>
    public abstract void CopyTo(IBufferWriter<byte> writer, int count);

    /// <summary>A tensor over the first <paramref name="count"/> values.</summary>
    public abstract OrtValue CreateTensor(int count, long[] shape);

    /// <summary>Brings a tensor made before up to date, where it does not share this memory.</summary>
    public virtual void Refresh(OrtValue tensor, int count)
    {
    }

    public virtual void Dispose()
    {
    }
}
