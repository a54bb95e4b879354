using System.Collections;

namespace MlflowRollout.Parameters;

/// <summary>Reads any dictionary by entries; a cast would not do, since generic ones enumerate as pairs.</summary>
internal static class DictionaryEntries
{
    /// <summary>The entries in the dictionary's own order.</summary>
    internal static IEnumerable<DictionaryEntry> Entries(this IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return entry;
        }
    }
}
