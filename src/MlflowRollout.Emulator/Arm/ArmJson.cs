using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>Reading of request documents: a wrong type is a refusal that names the place.</summary>
internal static class ArmJson
{
    /// <summary>Nothing here is put into HTML, so quotes and umlauts stay readable.</summary>
    public static JsonSerializerOptions Compact { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Takes a member whatever its casing, as the service does.</summary>
    public static JsonNode? Member(this JsonObject source, string name)
    {
        if (source.TryGetPropertyValue(name, out JsonNode? exact))
        {
            return exact;
        }

        foreach ((string key, JsonNode? value) in source)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public static JsonObject? OptionalObject(this JsonObject source, string name, string path) => source.Member(name) switch
    {
        null => null,
        JsonObject value => value,
        _ => throw WrongType(path, "an object"),
    };

    public static string? OptionalText(this JsonObject source, string name, string path) => source.Member(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw WrongType(path, "a string"),
    };

    public static bool? OptionalFlag(this JsonObject source, string name, string path) => source.Member(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        _ => throw WrongType(path, "true or false"),
    };

    public static int? OptionalInteger(this JsonObject source, string name, string path) => source.Member(name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && TryInteger(value, out int number) => number,
        _ => throw WrongType(path, "a whole number"),
    };

    /// <summary>A map of strings; numbers and flags are taken as their text, null entries as absent.</summary>
    public static JsonObject? OptionalTextMap(this JsonObject source, string name, string path)
    {
        JsonObject? map = source.OptionalObject(name, path);
        if (map is null)
        {
            return null;
        }

        JsonObject result = [];
        foreach ((string key, JsonNode? value) in map)
        {
            switch (value?.GetValueKind())
            {
                case null:
                    break;
                case JsonValueKind.String:
                    result[key] = value.GetValue<string>();
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    result[key] = value.ToJsonString();
                    break;
                default:
                    throw WrongType($"{path}.{key}", "a string");
            }
        }

        return result;
    }

    public static bool TryInteger(JsonValue value, out int number)
    {
        // 10.0 is a whole number too; JSON does not tell the two apart.
        if (value.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal parsed)
            && parsed == decimal.Truncate(parsed)
            && parsed is >= int.MinValue and <= int.MaxValue)
        {
            number = (int)parsed;
            return true;
        }

        number = 0;
        return false;
    }

    public static ArmException WrongType(string path, string expected) =>
        ArmErrors.InvalidContent($"The request content was invalid: '{path}' must be {expected}.", path);
}
