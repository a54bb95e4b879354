using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving;

/// <summary>One request to a model container and its answer. Reused between requests; nothing in it may be kept.</summary>
internal sealed class ModelExchange : IDisposable
{
    private const int LargestKept = 1 << 20;
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        SkipValidation = true,
        // Answers are read by programs and people, never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private ArrayBufferWriter<byte> _response = new(1024);
    private Utf8JsonWriter? _writer;

    /// <summary>The body as it came. Valid until the exchange is returned.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    /// <summary>The media type of the body; null where the body was not sent over HTTP, empty where none was sent along.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Time stamp (of the plane's clock) at which the gateway gives up.</summary>
    public long Deadline { get; private set; }

    /// <summary>The container's status.</summary>
    public int Status { get; private set; }

    /// <summary>The container's reason word, sent on with a model error.</summary>
    public string Reason { get; private set; } = "OK";

    /// <summary>The deadline passed while the model ran.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>The scoring function raised an error (and not the server around it).</summary>
    public bool FunctionFailed { get; private set; }

    /// <summary>Why the request failed, for the container's log.</summary>
    public string? FailureDetail { get; private set; }

    /// <summary>How long the scoring function ran.</summary>
    public double ExecutionMilliseconds { get; set; }

    /// <summary>The answer's body.</summary>
    public ReadOnlyMemory<byte> Response => _response.WrittenMemory;

    /// <summary>Where the answer's body is written.</summary>
    public IBufferWriter<byte> ResponseWriter => _response;

    public void Begin(ReadOnlyMemory<byte> request, string? contentType, long deadline)
    {
        Request = request;
        ContentType = contentType;
        Deadline = deadline;
        Status = 200;
        Reason = "OK";
        TimedOut = false;
        FunctionFailed = false;
        FailureDetail = null;
        ExecutionMilliseconds = 0;
        _response.ResetWrittenCount();
    }

    /// <summary>A writer over the answer's body, empty.</summary>
    public Utf8JsonWriter BeginJson()
    {
        _response.ResetWrittenCount();
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(_response, WriterOptions);
        }
        else
        {
            _writer.Reset(_response);
        }

        return _writer;
    }

    /// <summary>An input that cannot be taken: refused by the server before the scoring function runs, or by that.</summary>
    public void Refuse(InputException refusal)
    {
        if (!refusal.Malformed)
        {
            FailFunction(refusal.Message);
        }
        else if (refusal.Unsupported)
        {
            Fail(415, "Unsupported Media Type", refusal.Message, functionFailed: false);
        }
        else
        {
            Fail(400, "Bad Request", refusal.Message, functionFailed: false);
        }
    }

    /// <summary>An error raised while scoring: the container answers 500.</summary>
    public void FailFunction(string message) => Fail(500, "Internal Server Error", message, functionFailed: true);

    /// <summary>The process behind the container's proxy went away with the request: the proxy answers 502.</summary>
    public void LoseContainer(string message) => Fail(502, "Bad Gateway", message, functionFailed: false);

    public void MarkTimedOut()
    {
        TimedOut = true;
        Status = 408;
        _response.ResetWrittenCount();
    }

    /// <summary>Takes a container's answer as it is (model servers behind a socket).</summary>
    public void Answer(int status, string reason, bool functionFailed)
    {
        Status = status;
        Reason = reason;
        FunctionFailed = functionFailed;
    }

    /// <summary>Lets go of the request and of buffers that only one large request needed.</summary>
    public void End()
    {
        Request = default;
        if (_response.Capacity > LargestKept)
        {
            _response = new ArrayBufferWriter<byte>(1024);
            _writer?.Dispose();
            _writer = null;
        }
    }

    public void Dispose() => _writer?.Dispose();

    /// <summary>The value of <c>x-ms-run-fn-exec-ms</c>.</summary>
    public string FormatExecution() => ExecutionMilliseconds.ToString("F3", CultureInfo.InvariantCulture);

    private void Fail(int status, string reason, string message, bool functionFailed)
    {
        Status = status;
        Reason = reason;
        FunctionFailed = functionFailed;
        FailureDetail = message;
        var writer = BeginJson();
        writer.WriteStartObject();
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
        writer.Flush();
    }
}
