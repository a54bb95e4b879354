namespace MlflowRollout.Testing;

/// <summary>A question that a command asked.</summary>
/// <param name="Kind">Which of the host's ways was used: <c>Choice</c>, <c>Line</c>, <c>SecureLine</c>, <c>Prompt</c> or <c>Credential</c>.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Message">The message.</param>
/// <param name="Choices">The labels of the choices, with their hot key marks.</param>
/// <param name="Default">The default choice; -1 for none.</param>
public sealed record ScriptedPrompt(string Kind, string Caption, string Message, IReadOnlyList<string> Choices, int Default);
