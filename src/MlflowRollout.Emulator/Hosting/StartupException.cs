namespace MlflowRollout.Emulator.Hosting;

/// <summary>The emulator cannot start; the message is for the user and the code is the exit code.</summary>
internal sealed class StartupException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
