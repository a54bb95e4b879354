using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;

namespace MlflowRollout.Engine.Arm;

/// <summary>Tolerant reads of bodies: what is absent, null or of another type reads as null.</summary>
internal static class JsonBody
{
    /// <summary>Parses a body that must be an object; null when it is none.</summary>
    public static JsonObject? TryParseObject(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Parses a text that must be an object; null when it is none.</summary>
    public static JsonObject? TryParseObject(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The member of that name, whatever its case.</summary>
    public static JsonNode? Member(this JsonObject? body, string name)
    {
        if (body is null)
        {
            return null;
        }

        if (body.TryGetPropertyValue(name, out JsonNode? exact))
        {
            return exact;
        }

        foreach ((string key, JsonNode? value) in body)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A member that is an object.</summary>
    public static JsonObject? Object(this JsonObject? body, string name) => body.Member(name) as JsonObject;

    /// <summary>A member that is an object, made when it is absent or null.</summary>
    public static JsonObject ObjectOrNew(this JsonObject body, string name)
    {
        if (body.Object(name) is { } there)
        {
            return there;
        }

        JsonObject made = [];
        body[name] = made;
        return made;
    }

    /// <summary>A member as text; numbers and booleans are written out.</summary>
    public static string? Text(this JsonObject? body, string name) => AsText(body.Member(name));

    /// <summary>A node as text; numbers and booleans are written out.</summary>
    public static string? AsText(this JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <summary>A member as a whole number.</summary>
    public static int? Number(this JsonObject? body, string name) =>
        body.Text(name) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? (int)Math.Round(number)
            : null;

    /// <summary>A member as a flag.</summary>
    public static bool? Flag(this JsonObject? body, string name) => bool.TryParse(body.Text(name), out bool flag) ? flag : null;

    /// <summary>A member as a moment.</summary>
    public static DateTimeOffset? Moment(this JsonObject? body, string name) =>
        DateTimeOffset.TryParse(body.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset moment)
            ? moment
            : null;

    /// <summary>A member as an ISO 8601 duration.</summary>
    public static TimeSpan? Duration(this JsonObject? body, string name)
    {
        if (body.Text(name) is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A member as an address.</summary>
    public static Uri? Address(this JsonObject? body, string name) =>
        Uri.TryCreate(body.Text(name), UriKind.Absolute, out Uri? address) ? address : null;

    /// <summary>An enumeration member by the service's spelling, whatever its case.</summary>
    public static T Choice<T>(this JsonObject? body, string name, T fallback)
        where T : struct, Enum =>
        Enum.TryParse(body.Text(name), ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : fallback;

    /// <summary>Copies text entries of an object member.</summary>
    public static void CopyTexts(this JsonObject? body, string name, Dictionary<string, string> into)
    {
        foreach ((string key, JsonNode? value) in body.Object(name) ?? [])
        {
            if (value.AsText() is { } text)
            {
                into[key] = text;
            }
        }
    }

    /// <summary>Text entries as an object.</summary>
    public static JsonObject FromTexts(IEnumerable<KeyValuePair<string, string>> entries)
    {
        JsonObject made = [];
        foreach ((string key, string value) in entries)
        {
            made[key] = value;
        }

        return made;
    }

    /// <summary>Sets entries of an object member; a null value removes the entry, whatever its case.</summary>
    public static void MergeTexts(this JsonObject body, string name, IReadOnlyDictionary<string, string?> entries, StringComparison comparison)
    {
        JsonObject target = body.ObjectOrNew(name);
        foreach ((string key, string? value) in entries)
        {
            string stored = target.Select(pair => pair.Key).FirstOrDefault(there => string.Equals(there, key, comparison)) ?? key;
            if (value is null)
            {
                target.Remove(stored);
            }
            else
            {
                target[stored] = value;
            }
        }
    }

    /// <summary>A duration as the service writes it.</summary>
    public static string FromDuration(TimeSpan duration) => XmlConvert.ToString(duration);

    /// <summary>A plain value (text, number, boolean, null, dictionary, list) as JSON.</summary>
    public static JsonNode? FromPlain(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        System.Collections.IDictionary map => FromMap(map),
        System.Collections.IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(FromPlain)]),
        IFormattable number when value is sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
            JsonNode.Parse(JsonSerializer.Serialize(number, number.GetType())),
        TimeSpan duration => JsonValue.Create(FromDuration(duration)),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static JsonObject FromMap(System.Collections.IDictionary map)
    {
        JsonObject made = [];
        foreach (System.Collections.DictionaryEntry entry in map)
        {
            made[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = FromPlain(entry.Value);
        }

        return made;
    }
}
