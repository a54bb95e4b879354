namespace MlflowRollout.Testing;

/// <summary>What a run of the shell left behind.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ShellResult(int ExitCode, string Output, string Error);
