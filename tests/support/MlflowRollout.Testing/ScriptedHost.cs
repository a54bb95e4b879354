using System.Globalization;
using System.Management.Automation.Host;

namespace MlflowRollout.Testing;

/// <summary>A host whose prompts are answered from a queue and whose lines are kept.</summary>
public sealed class ScriptedHost : PSHost
{
    private readonly ScriptedUserInterface _ui;

    internal ScriptedHost(bool interactive, int width)
    {
        _ui = new ScriptedUserInterface(interactive, width);
    }

    /// <inheritdoc />
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    /// <inheritdoc />
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    /// <inheritdoc />
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc />
    public override string Name => "ScriptedHost";

    /// <inheritdoc />
    public override PSHostUserInterface UI => _ui;

    /// <inheritdoc />
    public override Version Version { get; } = new(1, 0);

    /// <summary>The exit code that a script asked for by <c>exit</c>, or null.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The questions asked so far.</summary>
    public IReadOnlyList<ScriptedPrompt> Prompts => _ui.Prompts;

    /// <summary>Answers the next prompt: a label of a choice (with or without its hot key mark) or a line.</summary>
    public ScriptedHost Answer(params string[] answers)
    {
        _ui.Enqueue(answers);
        return this;
    }

    /// <summary>Returns what was printed since the last call, and forgets it.</summary>
    public string TakeOutput() => _ui.TakeOutput();

    /// <inheritdoc />
    public override void EnterNestedPrompt() => throw new NotSupportedException("A scripted host has no nested prompt.");

    /// <inheritdoc />
    public override void ExitNestedPrompt() => throw new NotSupportedException("A scripted host has no nested prompt.");

    /// <inheritdoc />
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc />
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc />
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
