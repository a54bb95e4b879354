namespace MlflowRollout.Testing;

/// <summary>How a session is made.</summary>
public sealed record ModuleSessionOptions
{
    /// <summary>Imports the built module.</summary>
    public bool ImportModule { get; init; } = true;

    /// <summary>Adds the shell's cmdlets (<c>Select-Object</c>, <c>Write-Output</c>, …) to those of the engine.</summary>
    public bool ShellCommands { get; init; } = true;

    /// <summary>Whether prompts are answered from the host's queue; where not, a prompt is an error as it is under <c>-NonInteractive</c>.</summary>
    public bool Interactive { get; init; } = true;

    /// <summary>How wide the host's window is.</summary>
    public int Width { get; init; } = 120;

    /// <summary><c>Continue</c> as in PowerShell, or <c>Stop</c>.</summary>
    public string ErrorActionPreference { get; init; } = "Continue";
}
