using System.Buffers;
using System.Text;

namespace MlflowRollout.Engine.Scoring;

/// <summary>The outcome of one attempt: an answer of the service, or a failure on the way. Disposing gives the body's buffer back.</summary>
internal sealed class ScoringReply : IDisposable
{
    private byte[] _buffer = [];
    private int _length;

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>Failure on the way (DNS, TLS, connection); null when there was an answer.</summary>
    public Exception? Failure { get; init; }

    /// <summary>True when no answer came within the time for one attempt.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Deployment that answered.</summary>
    public string? Deployment { get; init; }

    /// <summary>Id of the request, from the service.</summary>
    public string? RequestId { get; init; }

    /// <summary>Status of the model's container, with a model error.</summary>
    public int? ModelStatus { get; init; }

    /// <summary>Reason of the model's container, with a model error.</summary>
    public string? ModelReason { get; init; }

    /// <summary>How long the service asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Time from sending to the end of the body.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The body, valid until disposal.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(0, _length);

    /// <summary>True for 200.</summary>
    public bool IsSuccess => Status == 200;

    /// <summary>Takes over a pooled array.</summary>
    public ScoringReply WithBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
        return this;
    }

    /// <summary>The body as text.</summary>
    public string BodyText() => Encoding.UTF8.GetString(Body);

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
