using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using MlflowRollout.Shell.Prompt;

namespace MlflowRollout.Shell.Hosting;

/// <summary>What commands print and ask, on a terminal or redirected.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    // The words of pwsh, by which the engine's own errors for missing parameters and confirmations read alike.
    private const string NonInteractiveError = "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.";

    private readonly ITerminal _terminal;
    private readonly ProgressPane _progress;
    private readonly Lock _gate = new();
    private readonly Questions _questions;
    private readonly bool _interactive;
    private readonly bool _colors;
    private string _unfinishedLine = string.Empty;
    private bool _asErrors;

    public ShellUserInterface(ITerminal terminal, TimeProvider time, bool interactive, bool colors)
    {
        _terminal = terminal;
        _progress = new ProgressPane(terminal, time);
        _interactive = interactive;
        _colors = colors && terminal.OutputIsTerminal;
        _questions = new Questions(this);
        RawUI = new ShellRawUserInterface(terminal);
    }

    public override PSHostRawUserInterface RawUI { get; }

    public override bool SupportsVirtualTerminal => _colors;

    /// <summary>Stops what runs: Ctrl-C was typed as the answer to a question.</summary>
    public Action Interrupt { get; set; } = static () => { };

    /// <summary>Whether the cursor is at the beginning of a line.</summary>
    public bool IsAtLineStart => _unfinishedLine.Length == 0;

    public override void Write(string value) => Print(GetOutputString(value ?? string.Empty, _colors));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (!_colors)
        {
            Write(value);
            return;
        }

        // The engine names the host's own colours where none were asked for; those are left to the terminal.
        string foreground = foregroundColor == RawUI.ForegroundColor ? string.Empty : Ansi.Foreground(foregroundColor);
        string background = backgroundColor == RawUI.BackgroundColor ? string.Empty : Ansi.Background(backgroundColor);
        Print(foreground.Length + background.Length == 0 ? value : foreground + background + value + Ansi.Reset);
    }

    public override void WriteLine(string value)
    {
        if (_asErrors)
        {
            WriteErrorLine(value);
        }
        else
        {
            Print(GetOutputString(value ?? string.Empty, _colors) + Environment.NewLine);
        }
    }

    public override void WriteErrorLine(string value)
    {
        string text = GetOutputString(value ?? string.Empty, _colors && _terminal.ErrorIsTerminal) + Environment.NewLine;
        lock (_gate)
        {
            _progress.Hide();
            if (!IsAtLineStart && _terminal.OutputIsTerminal && _terminal.ErrorIsTerminal)
            {
                text = Environment.NewLine + text;
                _unfinishedLine = string.Empty;
            }

            _terminal.WriteError(text);
            _progress.RedrawIfDue();
        }
    }

    /// <summary>Sends the lines that an action writes where errors go.</summary>
    public void AsErrors(Action write)
    {
        _asErrors = true;
        try
        {
            write();
        }
        finally
        {
            _asErrors = false;
        }
    }

    public override void WriteDebugLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Debug, "DEBUG: " + message));

    public override void WriteVerboseLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Verbose, "VERBOSE: " + message));

    public override void WriteWarningLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Warning, "WARNING: " + message));

    // The engine writes an information record's text itself when the preference asks for it.
    public override void WriteInformation(InformationRecord record)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_gate)
        {
            _progress.Update(sourceId, record, canDraw: IsAtLineStart);
        }
    }

    /// <summary>Takes the bars off the terminal until the next update.</summary>
    public void SuspendProgress()
    {
        lock (_gate)
        {
            _progress.Hide();
        }
    }

    /// <summary>Forgets activities that a pipeline left uncompleted.</summary>
    public void ClearProgress()
    {
        lock (_gate)
        {
            _progress.Clear();
        }
    }

    public override string ReadLine() => Read(masked: false);

    public override SecureString ReadLineAsSecureString() => Secure(Read(masked: true));

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireInteractive();
        return _questions.AskFields(caption, message, descriptions);
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive();
        return _questions.AskChoice(caption, message, choices, defaultChoice);
    }

    public Collection<int> PromptForChoice(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices)
    {
        RequireInteractive();
        return _questions.AskChoices(caption, message, choices, [.. defaultChoices ?? []]);
    }

    public override PSCredential? PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential? PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        RequireInteractive();
        return _questions.AskCredential(caption, message, userName);
    }

    /// <summary>Reads a line; masked, it shows a star for each character.</summary>
    internal string Read(bool masked)
    {
        RequireInteractive();
        lock (_gate)
        {
            _progress.Hide();
        }

        if (!_terminal.InputIsTerminal)
        {
            return _terminal.ReadLine() ?? throw new PSInvalidOperationException("The input ended while a question awaited its answer. Give the answer as a parameter, or run with --non-interactive.");
        }

        LineEditor editor = new(_terminal, masked ? LineEditor.Mask : null);
        string? line = editor.ReadLine(_unfinishedLine, shown: true);
        _unfinishedLine = string.Empty;
        if (line is not null)
        {
            return line;
        }

        Interrupt();
        throw new PipelineStoppedException();
    }

    internal static SecureString Secure(string text)
    {
        SecureString secure = new();
        foreach (char character in text)
        {
            secure.AppendChar(character);
        }

        secure.MakeReadOnly();
        return secure;
    }

    private void RequireInteractive()
    {
        if (!_interactive)
        {
            throw new PSInvalidOperationException(NonInteractiveError);
        }
    }

    private string Styled(string style, string text) => _colors ? style + text + PSStyle.Instance.Reset : text;

    private void Print(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            _progress.Hide();
            _terminal.Write(text);
            int lineStart = text.LastIndexOf('\n') + 1;
            _unfinishedLine = lineStart > 0 ? text[lineStart..] : _unfinishedLine + text;
            if (IsAtLineStart)
            {
                _progress.RedrawIfDue();
            }
        }
    }
}
