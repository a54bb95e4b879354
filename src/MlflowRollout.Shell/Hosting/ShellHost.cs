using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace MlflowRollout.Shell.Hosting;

/// <summary>The shell as the engine sees it.</summary>
internal sealed class ShellHost(ShellUserInterface ui) : PSHost
{
    /// <summary>The name that scripts see in <c>$Host.Name</c>.</summary>
    public const string HostName = "MlflowRollout.Shell";

    private readonly Stack<bool> _nested = new();

    public override string Name => HostName;

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => ui;

    /// <summary>The exit code of an <c>exit</c> that nothing else took, or null.</summary>
    public int? ExitCode { get; set; }

    /// <summary>How deep in nested prompts the session is.</summary>
    public int NestingLevel => _nested.Count;

    /// <summary>Runs a nested prompt until it is left.</summary>
    public Action? RunNestedPrompt { get; set; }

    /// <summary>Whether the innermost nested prompt was asked to end.</summary>
    public bool IsLeavingNestedPrompt => _nested.TryPeek(out bool leaving) && leaving;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt()
    {
        if (RunNestedPrompt is null)
        {
            throw new PSNotSupportedException("A nested prompt is possible at an interactive prompt only.");
        }

        _nested.Push(false);
        try
        {
            RunNestedPrompt();
        }
        finally
        {
            _nested.Pop();
        }
    }

    public override void ExitNestedPrompt()
    {
        if (_nested.Count == 0)
        {
            throw new PSInvalidOperationException("There is no nested prompt to leave.");
        }

        _nested.Pop();
        _nested.Push(true);
    }

    // Native programs take the terminal as it is: bars must not stand in their way.
    public override void NotifyBeginApplication() => ui.SuspendProgress();

    public override void NotifyEndApplication()
    {
    }
}
