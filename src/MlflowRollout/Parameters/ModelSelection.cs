using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>Names and versions of models as users type them, as queries.</summary>
internal static class ModelSelection
{
    /// <summary>One query for each literal name, and one for all patterns together.</summary>
    /// <param name="names">Names with wildcards; null for all.</param>
    /// <param name="version">A version, <c>latest</c>, <c>*</c>, or a pattern; null for the newest.</param>
    /// <param name="includeArchived">True: archived ones too.</param>
    internal static IEnumerable<MlModelQuery> Queries(IEnumerable<string>? names, string? version, bool includeArchived)
    {
        var selection = new NameSelection(names);
        bool isPattern = version is not null and not "*" && WildcardPattern.ContainsWildcardCharacters(version);
        Func<string, bool>? versionFilter = isPattern ? new WildcardPattern(version, WildcardOptions.IgnoreCase).IsMatch : null;
        string? plainVersion = isPattern ? null : version;
        foreach (string name in selection.Literals)
        {
            yield return new MlModelQuery { Name = name, Version = plainVersion, VersionFilter = versionFilter, IncludeArchived = includeArchived };
        }

        if (selection.HasPatterns)
        {
            yield return new MlModelQuery { NameFilter = selection.MatchesPattern, Version = plainVersion, VersionFilter = versionFilter, IncludeArchived = includeArchived };
        }
    }

    /// <summary>True when name and version say exactly one version, without looking.</summary>
    internal static bool IsOne(string name, string version) =>
        !WildcardPattern.ContainsWildcardCharacters(name) && !WildcardPattern.ContainsWildcardCharacters(version) &&
        !version.Equals("latest", StringComparison.OrdinalIgnoreCase);
}
