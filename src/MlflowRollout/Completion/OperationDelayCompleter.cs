using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlflowRollout.Completion;

/// <summary>Completes how long the emulator's operations take.</summary>
public sealed class OperationDelayCompleter : IArgumentCompleter
{
    private static readonly (string Name, string Tooltip)[] Values =
        [("None", "Operations end at once"), ("Realistic", "Operations take minutes, as in the cloud"), ("5s", "Operations take five seconds")];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Matching(Values, wordToComplete);
}
