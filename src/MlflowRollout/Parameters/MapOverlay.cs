namespace MlflowRollout.Parameters;

/// <summary>Maps of a definition file below those of the command line: entries of the latter win, the others stay.</summary>
internal static class MapOverlay
{
    /// <summary>Puts one map over another; null where there is neither.</summary>
    /// <param name="file">From the file.</param>
    /// <param name="typed">From the command line.</param>
    /// <param name="ignoreCase">True where names that differ in case only are the same, as those of tags are.</param>
    internal static Dictionary<string, T>? Over<T>(IReadOnlyDictionary<string, T>? file, IReadOnlyDictionary<string, T>? typed, bool ignoreCase)
    {
        if (file is null && typed is null)
        {
            return null;
        }

        Dictionary<string, T> all = new(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach ((string name, T value) in (file ?? new Dictionary<string, T>()).Concat(typed ?? new Dictionary<string, T>()))
        {
            // Spelled as the one that wins spells it.
            all.Remove(name);
            all[name] = value;
        }

        return all;
    }

    /// <summary>A map of values that may be absent; null for null.</summary>
    internal static Dictionary<string, string?>? Nullable(IReadOnlyDictionary<string, string>? map) => map?.ToDictionary(entry => entry.Key, entry => (string?)entry.Value);

    /// <summary>A map whose absent values are empty text; never null.</summary>
    internal static Dictionary<string, string> Full(IReadOnlyDictionary<string, string?>? map) => map?.ToDictionary(entry => entry.Key, entry => entry.Value ?? string.Empty) ?? [];
}
