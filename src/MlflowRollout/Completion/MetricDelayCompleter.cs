using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlflowRollout.Completion;

/// <summary>Completes how late the emulator's metrics appear.</summary>
public sealed class MetricDelayCompleter : IArgumentCompleter
{
    private static readonly (string Name, string Tooltip)[] Values =
        [("None", "Metrics appear at once"), ("Realistic", "Whole minutes appear three minutes late, as in the cloud"), ("30s", "Whole minutes appear thirty seconds late")];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Matching(Values, wordToComplete);
}
