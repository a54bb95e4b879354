using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace MlflowRollout.Testing;

/// <summary>Answers prompts from a queue and keeps what is printed.</summary>
internal sealed class ScriptedUserInterface(bool interactive, int width) : PSHostUserInterface
{
    private readonly ConcurrentQueue<string> _answers = new();
    private readonly ConcurrentQueue<ScriptedPrompt> _prompts = new();
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();

    public override PSHostRawUserInterface RawUI { get; } = new ScriptedRawUserInterface(width);

    public IReadOnlyList<ScriptedPrompt> Prompts => [.. _prompts];

    public void Enqueue(IEnumerable<string> answers)
    {
        foreach (string answer in answers)
        {
            _answers.Enqueue(answer);
        }
    }

    public string TakeOutput()
    {
        lock (_gate)
        {
            string text = _output.ToString();
            _output.Clear();
            return text;
        }
    }

    public override void Write(string value)
    {
        lock (_gate)
        {
            _output.Append(GetOutputString(value, supportsVirtualTerminal: false));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        // Progress is read from the invocation's own stream.
    }

    public override string ReadLine() => Ask("Line", string.Empty, string.Empty, [], -1);

    public override SecureString ReadLineAsSecureString() => Secure(Ask("SecureLine", string.Empty, string.Empty, [], -1));

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in descriptions)
        {
            answers[field.Name] = PSObject.AsPSObject(Ask("Prompt", caption, message, [field.Name], -1));
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        string[] labels = [.. choices.Select(static choice => choice.Label)];
        string answer = Ask("Choice", caption, message, labels, defaultChoice);
        int index = Array.FindIndex(labels, label => label == answer || string.Equals(label.Replace("&", "", StringComparison.Ordinal), answer, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new InvalidOperationException($"The answer '{answer}' is none of the choices: {string.Join(", ", labels)}.");
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        string user = string.IsNullOrEmpty(userName) ? Ask("Credential", caption, message, ["User"], -1) : userName;
        return new PSCredential(user, Secure(Ask("Credential", caption, message, ["Password"], -1)));
    }

    private string Ask(string kind, string caption, string message, IReadOnlyList<string> choices, int defaultChoice)
    {
        _prompts.Enqueue(new ScriptedPrompt(kind, caption, message, choices, defaultChoice));
        if (!interactive)
        {
            throw new PSInvalidOperationException("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
        }

        return _answers.TryDequeue(out string? answer)
            ? answer
            : throw new InvalidOperationException($"A prompt without an answer: [{kind}] {caption} {message} ({string.Join(", ", choices)})");
    }

    private static SecureString Secure(string text)
    {
        SecureString secure = new();
        foreach (char character in text)
        {
            secure.AppendChar(character);
        }

        return secure;
    }
}
