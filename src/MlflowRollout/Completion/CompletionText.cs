using System.Management.Automation;

namespace MlflowRollout.Completion;

/// <summary>Turns names into completions: quoted where they need it, with a tooltip.</summary>
internal static class CompletionText
{
    /// <summary>The names that begin with what was typed.</summary>
    internal static IEnumerable<CompletionResult> Matching(IEnumerable<(string Name, string Tooltip)> candidates, string? wordToComplete)
    {
        string typed = (wordToComplete ?? string.Empty).Trim('\'', '"');
        return candidates
            .Where(candidate => candidate.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(candidate => candidate.Name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(candidate => candidate.Name, StringComparer.OrdinalIgnoreCase)
            .Select(candidate => new CompletionResult(Quoted(candidate.Name), candidate.Name, CompletionResultType.ParameterValue, candidate.Tooltip));
    }

    private static string Quoted(string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
            ? name
            : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
