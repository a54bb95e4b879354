using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>A map of a definition file, read by its key table. A value that was found wrong reads as null.</summary>
/// <param name="item">The map.</param>
/// <param name="section">Its keys.</param>
internal sealed class DefinitionNode(YamlItem item, DefinitionSection section)
{
    /// <summary>The map's place.</summary>
    public YamlItem At => item;

    /// <summary>A value as it stands; null where it is left out.</summary>
    public YamlItem? Item(string key) => item[Known(key).Name];

    /// <summary>Place of a key; of the map where the key is left out.</summary>
    public YamlItem Place(string key) => item.Keys?.GetValueOrDefault(Known(key).Name) ?? item;

    /// <summary>Text, or a version.</summary>
    public string? Text(string key) => Item(key)?.Text;

    /// <summary>A whole number.</summary>
    public int? Whole(string key) => Item(key) is { } value && YamlScalar.Whole(value) is { } whole and >= int.MinValue and <= int.MaxValue ? (int)whole : null;

    /// <summary>A number.</summary>
    public double? Number(string key) => Item(key) is { } value ? YamlScalar.Number(value) : null;

    /// <summary>True or false.</summary>
    public bool? Truth(string key) => Item(key) is { } value ? YamlScalar.Truth(value) : null;

    /// <summary>A choice, spelled as in its table.</summary>
    public string? Choice(string key) => Item(key)?.Text is { } text ? FindChoice(Known(key), text) : null;

    /// <summary>Whole seconds.</summary>
    public TimeSpan? Seconds(string key) => Whole(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whole milliseconds.</summary>
    public TimeSpan? Milliseconds(string key) => Whole(key) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>A map of names to text, as the Azure CLI would send it.</summary>
    public Dictionary<string, string>? Texts(string key) => Item(key)?.Map is { } map ? TextsOf(map) : null;

    /// <summary>A map with keys of its own.</summary>
    public DefinitionNode? Child(string key) => Item(key) is { Map: not null } value ? new DefinitionNode(value, Known(key).Section!) : null;

    /// <summary>Maps with keys of their own, by name.</summary>
    public IEnumerable<(string Name, DefinitionNode Node)> Children(string key) =>
        (Item(key)?.Map ?? []).Where(entry => entry.Value.Map is not null).Select(entry => (entry.Key, new DefinitionNode(entry.Value, Known(key).Section!)));

    /// <summary>Entries of a list.</summary>
    public IReadOnlyList<YamlItem>? List(string key) => Item(key)?.Items;

    /// <summary>A map of maps of text.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>>? Flavors(string key) =>
        Item(key)?.Map?.ToDictionary(
            flavor => flavor.Key,
            flavor => (IReadOnlyDictionary<string, string>)(flavor.Value.Map ?? []).Where(entry => !entry.Value.IsNull).ToDictionary(entry => entry.Key, entry => entry.Value.ToSetting(), StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>The choice that a word stands for; null when it is none.</summary>
    public static string? FindChoice(DefinitionKey key, string text)
    {
        string plain = Plain(text);
        return key.Choices.FirstOrDefault(choice => string.Equals(Plain(choice), plain, StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(string text) => text.Replace("_", string.Empty, StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal);

    private static Dictionary<string, string> TextsOf(Dictionary<string, YamlItem> map) =>
        map.Where(entry => entry.Value.Text is not null).ToDictionary(entry => entry.Key, entry => YamlScalar.AsSent(entry.Value) ?? entry.Value.Text!, StringComparer.Ordinal);

    private DefinitionKey Known(string key) => section.Find(key) ?? throw new ArgumentException($"The table of {section.Name} has no key '{key}'.", nameof(key));
}
