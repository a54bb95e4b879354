namespace MlflowRollout.Shell;

/// <summary>The command line is wrong; the message says how to put it right.</summary>
internal sealed class ShellUsageException(string message) : Exception(message);
