using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>Names as users type them to pick existing things: literal ones, which must exist, and patterns, which may match nothing.</summary>
internal sealed class NameSelection
{
    private readonly WildcardPattern[] _patterns;

    /// <summary>Reads names and patterns.</summary>
    /// <param name="names">As typed; null or empty picks everything.</param>
    internal NameSelection(IEnumerable<string>? names)
    {
        string[] given = [.. names ?? []];
        bool all = given.Length == 0;
        Literals = [.. given.Where(name => !WildcardPattern.ContainsWildcardCharacters(name))];
        _patterns = all
            ? [new WildcardPattern("*")]
            : [.. given.Where(WildcardPattern.ContainsWildcardCharacters).Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];
    }

    /// <summary>Names without wildcards.</summary>
    internal IReadOnlyList<string> Literals { get; }

    /// <summary>True when there is a pattern, so that a list must be read.</summary>
    internal bool HasPatterns => _patterns.Length > 0;

    /// <summary>True when a pattern matches and no literal names it, so that nothing is picked twice.</summary>
    internal bool MatchesPattern(string name) =>
        Array.Exists(_patterns, pattern => pattern.IsMatch(name)) && !Literals.Contains(name, StringComparer.OrdinalIgnoreCase);
}
