using System.Buffers;
using System.Buffers.Binary;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Memory of one frame at a time, reused.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    public const int HeaderSize = 1 + sizeof(uint);

    private const int LargestKept = 1 << 20;

    private byte[] _bytes = new byte[512];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Forgets what is there; one large frame does not keep its memory.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > LargestKept)
        {
            _bytes = new byte[512];
        }
    }

    /// <summary>Starts a frame of some kind; <see cref="EndFrame"/> fills in its length.</summary>
    public void BeginFrame(byte kind)
    {
        Clear();
        GetSpan(HeaderSize)[0] = kind;
        Advance(HeaderSize);
    }

    public void EndFrame() => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(1), checked((uint)(_length - HeaderSize)));

    public void WriteNumber(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(GetSpan(sizeof(int)), value);
        Advance(sizeof(int));
    }

    /// <summary>A length, then the bytes.</summary>
    public void WriteBlock(ReadOnlySpan<byte> bytes)
    {
        WriteNumber(bytes.Length);
        this.Write(bytes);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsSpan(_length);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max((long)_length + count, _bytes.Length * 2L), Array.MaxLength));
        }
    }
}
