namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>The first byte of a frame; <c>mlflow_worker.py</c> has the same list.</summary>
internal static class FrameKind
{
    /// <summary>Score this input.</summary>
    public const byte Score = (byte)'S';

    public const byte Ping = (byte)'P';

    /// <summary>The answer to a ping: what is sent the other way is never taken for it.</summary>
    public const byte Pong = (byte)'O';

    /// <summary>The worker's first word: its secret.</summary>
    public const byte Hello = (byte)'H';

    /// <summary>The model is loaded.</summary>
    public const byte Loaded = (byte)'L';

    /// <summary>The model does not load.</summary>
    public const byte Failed = (byte)'F';

    /// <summary>The request has arrived whole and is run now.</summary>
    public const byte Taken = (byte)'A';

    /// <summary>Milliseconds of the run, then the answer.</summary>
    public const byte Result = (byte)'R';

    /// <summary>Milliseconds of the run, then what the model raised.</summary>
    public const byte Error = (byte)'X';
}
