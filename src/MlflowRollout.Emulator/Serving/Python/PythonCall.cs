using System.Buffers.Binary;
using System.Text;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>One request to a worker and its answer. Belongs to whoever runs it until the worker is done with it.</summary>
internal sealed class PythonCall(PythonPlan plan)
{
    private const int LargestKept = 4 << 20;

    public PythonInput Input { get; } = new(plan);

    /// <summary>The frame to send.</summary>
    public FrameBuffer Request { get; } = new();

    /// <summary>The content of the answer's frame.</summary>
    public FrameBuffer Reply { get; } = new();

    /// <summary><see cref="FrameKind.Result"/> or <see cref="FrameKind.Error"/>.</summary>
    public byte ReplyKind { get; set; }

    public bool IsOversized => Input.KeptBytes > LargestKept;

    /// <summary>Milliseconds that the model ran.</summary>
    public double Execution => Reply.Written.Length < sizeof(double) ? 0 : BinaryPrimitives.ReadDoubleLittleEndian(Reply.Written.Span);

    public ReadOnlySpan<byte> Body => Reply.Written.Length < sizeof(double) ? [] : Reply.Written.Span[sizeof(double)..];

    public string BodyText => Encoding.UTF8.GetString(Body);
}
