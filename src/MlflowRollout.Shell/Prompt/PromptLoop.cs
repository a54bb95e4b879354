using System.Management.Automation;
using System.Management.Automation.Language;
using MlflowRollout.Shell.Hosting;

namespace MlflowRollout.Shell.Prompt;

/// <summary>Reads statements and runs them, from a terminal or from redirected input, until <c>exit</c> or the end of the input.</summary>
internal sealed class PromptLoop(ShellSession session, ShellHost host, ShellUserInterface ui, ITerminal terminal, Interrupts interrupts)
{
    private const string Continuation = ">> ";

    private readonly LineHistory _history = new();

    /// <summary>Runs the loop and returns the exit code.</summary>
    public int Run()
    {
        int level = host.NestingLevel;
        bool ended = false;
        while (!ended && host.ExitCode is null && interrupts.TerminatedBy is null && !(level > 0 && host.IsLeavingNestedPrompt))
        {
            string? statement = ReadStatement(ref ended);
            if (string.IsNullOrWhiteSpace(statement))
            {
                continue;
            }

            if (level > 0 && string.Equals(statement.Trim(), "exit", StringComparison.OrdinalIgnoreCase))
            {
                ended = true;
                continue;
            }

            _history.Add(statement);
            session.Run(shell => shell.AddScript(statement), addToHistory: true);
        }

        if (level > 0 && !host.IsLeavingNestedPrompt)
        {
            // The engine keeps count too.
            session.Query("$Host.ExitNestedPrompt()");
        }

        return interrupts.TerminatedBy ?? host.ExitCode ?? ExitCodes.Success;
    }

    /// <summary>Whether more lines are needed before a statement can run.</summary>
    internal static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(static error => error.IncompleteInput);
    }

    private string? ReadStatement(ref bool ended)
    {
        string text = string.Empty;
        string prompt = terminal.InputIsTerminal ? PromptText() : string.Empty;
        while (true)
        {
            string? line = ReadLine(prompt, ref ended);
            if (line is null)
            {
                // What is incomplete when the input ends is run all the same, so that its error is seen.
                return ended && !terminal.InputIsTerminal && text.Length > 0 ? text : null;
            }

            text = text.Length == 0 ? line : text + "\n" + line;
            if (!IsIncomplete(text))
            {
                return text;
            }

            prompt = Continuation;
        }
    }

    private string? ReadLine(string prompt, ref bool ended)
    {
        if (!terminal.InputIsTerminal)
        {
            string? line = terminal.ReadLine();
            ended = line is null;
            return line;
        }

        bool end = false;
        LineEditor editor = new(terminal, display: null, _history, new LineCompletion(Complete));
        string? typed = editor.ReadLine(prompt, endOfInput: () => end = true);
        ended = end;
        return typed;
    }

    private CommandCompletion Complete(string line, int cursor)
    {
        using PowerShell shell = session.Create();
        CommandCompletion? completion = null;
        try
        {
            interrupts.Run(shell, running => completion = CommandCompletion.CompleteInput(line, cursor, null, running));
        }
        catch (PipelineStoppedException)
        {
            // Ctrl-C while completing: nothing is offered.
        }

        return completion is { CompletionMatches.Count: > 0 } ? completion : PathCompletion.Complete(line, cursor, session.CurrentFolder);
    }

    private string PromptText()
    {
        string newLine = ui.IsAtLineStart ? string.Empty : Environment.NewLine;
        try
        {
            string text = string.Concat(session.Query("prompt"));
            return newLine + (text.Length > 0 ? text : "PS> ");
        }
        catch (RuntimeException)
        {
            return newLine + "PS> ";
        }
    }
}
