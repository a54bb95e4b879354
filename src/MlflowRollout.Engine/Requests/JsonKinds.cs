using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>JSON values against column types.</summary>
internal static class JsonKinds
{
    /// <summary>A value in words.</summary>
    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "the text '" + ValueText.Shorten(element.GetString()!) + "'",
        JsonValueKind.Number => "the number " + ValueText.Shorten(element.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Null when a value fits a type, else what is wrong. Null values fit: the model decides about them.</summary>
    public static string? Problem(JsonElement element, MlColumnType type)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (type)
        {
            case MlColumnType.Long:
                return IsWhole(element, long.MinValue, long.MaxValue) ? null : $"{Describe(element)} is no whole number of 64 bits (long)";
            case MlColumnType.Integer:
                return IsWhole(element, int.MinValue, int.MaxValue) ? null : $"{Describe(element)} is no whole number of 32 bits (integer)";
            case MlColumnType.Double:
                return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double wide) && double.IsFinite(wide)
                    ? null
                    : $"{Describe(element)} is no number (double)";
            case MlColumnType.Float:
                return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double narrow) && Math.Abs(narrow) <= float.MaxValue
                    ? null
                    : $"{Describe(element)} is no number of single precision (float)";
            case MlColumnType.Boolean:
                return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"{Describe(element)} is neither true nor false (boolean)";
            case MlColumnType.String:
                return element.ValueKind == JsonValueKind.String ? null : $"{Describe(element)} is no text (string)";
            case MlColumnType.Binary:
                return element.ValueKind == JsonValueKind.String && Base64.IsValid(element.GetString()) ? null : $"{Describe(element)} is no base64 text (binary)";
            case MlColumnType.Datetime:
                return element.ValueKind == JsonValueKind.String && CellWriter.IsIsoDate(element.GetString())
                    ? null
                    : $"{Describe(element)} is no date in the form of ISO 8601 (datetime)";
            case MlColumnType.Nested:
                return element.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? null : $"{Describe(element)} is no list, object or map";
            default:
                return null;
        }
    }

    private static bool IsWhole(JsonElement element, long least, long most)
    {
        if (element.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        if (element.TryGetInt64(out long number) || CellWriter.ToWhole(element.GetRawText(), out _) is { } exact && Assign(exact, out number))
        {
            return number >= least && number <= most;
        }

        return false;
    }

    private static bool Assign(long value, out long target)
    {
        target = value;
        return true;
    }

    /// <summary>Counts from 1 as people do, with the position from 0 beside it.</summary>
    public static string Row(int row) => string.Create(CultureInfo.InvariantCulture, $"Row {row + 1} (index {row})");
}
