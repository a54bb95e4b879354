namespace MlflowRollout.Engine.Definitions;

/// <summary>The keys of a map.</summary>
/// <param name="name">What the map is, for messages and headings, such as <c>probe</c>.</param>
/// <param name="keys">Its keys, in the order of the documentation.</param>
internal sealed class DefinitionSection(string name, params DefinitionKey[] keys)
{
    private readonly Dictionary<string, DefinitionKey> _byName = keys.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>What the map is.</summary>
    public string Name { get; } = name;

    /// <summary>Its keys.</summary>
    public IReadOnlyList<DefinitionKey> Keys { get; } = keys;

    /// <summary>A key; null when the map has no such key.</summary>
    public DefinitionKey? Find(string key) => _byName.GetValueOrDefault(key);

    /// <summary>This section and all within it, each once.</summary>
    public IEnumerable<DefinitionSection> All()
    {
        HashSet<DefinitionSection> seen = [];
        Stack<DefinitionSection> open = new([this]);
        while (open.TryPop(out DefinitionSection? section))
        {
            if (seen.Add(section))
            {
                yield return section;
                foreach (DefinitionKey key in section.Keys.Reverse())
                {
                    if (key.Section is { } inner)
                    {
                        open.Push(inner);
                    }
                }
            }
        }
    }
}
