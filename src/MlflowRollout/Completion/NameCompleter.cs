using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlflowRollout.Completion;

/// <summary>Base of the completers that ask the workspace for names. They never throw and never prompt.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionScope.Of(commandAst, fakeBoundParameters) is { } scope
                ? [.. CompletionText.Matching(Names(scope, wordToComplete ?? string.Empty, fakeBoundParameters), wordToComplete)]
                : [];
        }
        catch (Exception)
        {
            // Half a command line can hold anything. No completion is better than an error at a key press.
            return [];
        }
    }

    /// <summary>Names with tooltips; what does not begin with the typed word is dropped later.</summary>
    private protected abstract IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound);
}
