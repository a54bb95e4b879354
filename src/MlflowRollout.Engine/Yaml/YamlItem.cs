using System.Text.Json;

namespace MlflowRollout.Engine.Yaml;

/// <summary>A value of a YAML text: a map, a list, text, or null when it has none of them.</summary>
internal sealed class YamlItem
{
    /// <summary>Text of a scalar; null for YAML's null.</summary>
    public string? Text { get; set; }

    /// <summary>True for text without quotes, which may stand for a number or truth value.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Items of a list.</summary>
    public List<YamlItem>? Items { get; set; }

    /// <summary>Entries of a map.</summary>
    public Dictionary<string, YamlItem>? Map { get; set; }

    /// <summary>Keys of a map as they stand in the text, for their places.</summary>
    public Dictionary<string, YamlItem>? Keys { get; set; }

    /// <summary>True for YAML's null.</summary>
    public bool IsNull => this is { Map: null, Items: null, Text: null };

    /// <summary>Line, from 1.</summary>
    public long Line { get; init; }

    /// <summary>Column, from 1.</summary>
    public long Column { get; init; }

    /// <summary>Values in it, itself included.</summary>
    public int Size { get; set; } = 1;

    /// <summary>An entry of a map; null where there is none, or it is null.</summary>
    public YamlItem? this[string key] => Map is not null && Map.TryGetValue(key, out YamlItem? value) && !value.IsNull ? value : null;

    /// <summary>Text as it is, anything else as JSON.</summary>
    public string ToSetting()
    {
        if (Text is not null)
        {
            return Text;
        }

        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            WriteJson(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Writes the value as JSON; plain numbers and truth values as such.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Map is not null)
        {
            writer.WriteStartObject();
            foreach ((string key, YamlItem value) in Map)
            {
                writer.WritePropertyName(key);
                value.WriteJson(writer);
            }

            writer.WriteEndObject();
        }
        else if (Items is not null)
        {
            writer.WriteStartArray();
            foreach (YamlItem item in Items)
            {
                item.WriteJson(writer);
            }

            writer.WriteEndArray();
        }
        else if (Text is null)
        {
            writer.WriteNullValue();
        }
        else if (IsPlain && Text is "true" or "True" or "false" or "False")
        {
            writer.WriteBooleanValue(Text is "true" or "True");
        }
        else if (IsPlain && long.TryParse(Text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out long whole))
        {
            writer.WriteNumberValue(whole);
        }
        else if (IsPlain && double.TryParse(Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double real) && double.IsFinite(real))
        {
            writer.WriteNumberValue(real);
        }
        else
        {
            writer.WriteStringValue(Text);
        }
    }
}
