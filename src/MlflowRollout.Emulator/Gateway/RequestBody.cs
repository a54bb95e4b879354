using System.Buffers;
using System.IO.Pipelines;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// A request's body in one piece: where the connection's buffer holds it whole it is used in place, else it is gathered in a pooled array.
/// </summary>
internal struct RequestBody
{
    private const int FirstRent = 32 * 1024;

    private readonly PipeReader _reader;
    private readonly SequencePosition _end;
    private byte[]? _rented;

    private RequestBody(PipeReader reader, SequencePosition end, ReadOnlyMemory<byte> memory, byte[]? rented)
    {
        _reader = reader;
        _end = end;
        Memory = memory;
        _rented = rented;
    }

    public ReadOnlyMemory<byte> Memory { get; private set; }

    public static ValueTask<RequestBody> ReadAsync(PipeReader reader)
    {
        if (reader.TryRead(out var read))
        {
            if (read.IsCompleted && read.Buffer.IsSingleSegment)
            {
                return new ValueTask<RequestBody>(new RequestBody(reader, read.Buffer.End, read.Buffer.First, null));
            }

            return GatherAsync(reader, read);
        }

        return ReadSlowlyAsync(reader);
    }

    /// <summary>Gives the buffers back. The memory is gone after this.</summary>
    public void Return()
    {
        Memory = default;
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
        else
        {
            _reader.AdvanceTo(_end);
        }
    }

    private static async ValueTask<RequestBody> ReadSlowlyAsync(PipeReader reader)
    {
        var read = await reader.ReadAsync().ConfigureAwait(false);
        if (read.IsCompleted && read.Buffer.IsSingleSegment)
        {
            return new RequestBody(reader, read.Buffer.End, read.Buffer.First, null);
        }

        return await GatherAsync(reader, read).ConfigureAwait(false);
    }

    private static async ValueTask<RequestBody> GatherAsync(PipeReader reader, ReadResult read)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(read.Buffer.Length * 2, FirstRent, Array.MaxLength));
        var length = 0;
        try
        {
            while (true)
            {
                if (read.Buffer.Length > rented.Length - length)
                {
                    rented = Grow(rented, length, length + read.Buffer.Length);
                }

                read.Buffer.CopyTo(rented.AsSpan(length));
                length += (int)read.Buffer.Length;
                var end = read.Buffer.End;
                if (read.IsCompleted)
                {
                    reader.AdvanceTo(end);
                    return new RequestBody(reader, end, rented.AsMemory(0, length), rented);
                }

                reader.AdvanceTo(end);
                read = await reader.ReadAsync().ConfigureAwait(false);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    private static byte[] Grow(byte[] rented, int used, long needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, rented.Length * 2L), Array.MaxLength));
        rented.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(rented);
        return larger;
    }
}
