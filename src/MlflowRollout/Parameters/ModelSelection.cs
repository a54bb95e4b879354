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
    internal static bool IsOne(string name, string? version) =>
        version is not null && !WildcardPattern.ContainsWildcardCharacters(name) && !WildcardPattern.ContainsWildcardCharacters(version) &&
        !version.Equals("latest", StringComparison.OrdinalIgnoreCase);

    /// <summary>The versions that names and a version say.</summary>
    /// <param name="client">Models of the workspace.</param>
    /// <param name="names">Names with wildcards.</param>
    /// <param name="version">A version, <c>latest</c>, <c>*</c>, or a pattern; null for the newest.</param>
    /// <param name="includeArchived">True: archived ones too.</param>
    /// <param name="forEach">Does something for each query; an error that concerns one of them is written and the others go on.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal static async Task<IReadOnlyList<(string Name, string Version)>> FindAsync(
        IMlModelClient client,
        string[] names,
        string? version,
        bool includeArchived,
        Func<IEnumerable<MlModelQuery>, Func<MlModelQuery, Task>, Task> forEach,
        CancellationToken cancellationToken)
    {
        List<(string Name, string Version)> found = [.. names.Where(name => IsOne(name, version)).Select(name => (name, version!))];
        string[] others = [.. names.Where(name => !IsOne(name, version))];
        if (others.Length > 0)
        {
            // The whole list first: what is changed may change the pages that are still to be read.
            await forEach(Queries(others, version, includeArchived), async query =>
            {
                await foreach (MlModel model in client.ListAsync(query, cancellationToken).ConfigureAwait(false))
                {
                    found.Add((model.Name, model.Version!.Value));
                }
            }).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>The version that a reference names.</summary>
    internal static async Task<(string Name, string Version)> IdentifyAsync(IMlModelClient client, ModelReference reference, CancellationToken cancellationToken)
    {
        if (reference is { Name: { } name, Version: { } version })
        {
            return (name, version);
        }

        MlModel model = await client.ResolveAsync(reference.Text, cancellationToken).ConfigureAwait(false);
        return (model.Name, model.Version!.Value);
    }
}
