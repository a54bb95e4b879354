using System.Buffers.Binary;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Frames over a byte stream; one reader and one writer at a time.</summary>
internal sealed class FrameStream(Stream stream) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[8192];
    private int _start;
    private int _end;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) => stream.WriteAsync(frame, cancellationToken);

    /// <summary>The kind of the next frame; its content replaces that of the buffer.</summary>
    /// <exception cref="EndOfStreamException">The other side is gone.</exception>
    public async ValueTask<byte> ReadAsync(FrameBuffer into, CancellationToken cancellationToken)
    {
        while (_end - _start < FrameBuffer.HeaderSize)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        var kind = _buffer[_start];
        var left = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start + 1)));
        _start += FrameBuffer.HeaderSize;
        into.Clear();
        while (left > 0)
        {
            if (_start < _end)
            {
                var part = Math.Min(left, _end - _start);
                _buffer.AsSpan(_start, part).CopyTo(into.GetSpan(part));
                into.Advance(part);
                _start += part;
                left -= part;
                continue;
            }

            // What is large goes straight to where it belongs.
            var memory = into.GetMemory(Math.Min(left, 1 << 20));
            var read = await stream.ReadAsync(memory[..Math.Min(left, memory.Length)], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException();
            }

            into.Advance(read);
            left -= read;
        }

        return kind;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            throw new EndOfStreamException();
        }

        _end += read;
    }
}
