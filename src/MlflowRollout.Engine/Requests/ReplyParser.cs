using System.Text;
using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>Predictions from a reply's body.</summary>
internal static class ReplyParser
{
    private static readonly string[] Wrappers = ["predictions", "outputs", "output", "result", "results"];

    /// <summary>
    /// The predictions, one a row: elements of a bare list, of a list within a wrapper such as <c>{"predictions": […]}</c>, or of lists by output name.
    /// Null when the body is no list.
    /// </summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public static object?[]? ReadRows(ReadOnlySpan<byte> body)
    {
        List<object?> rows = [];
        return TryReadList(body, rows) ? [.. rows] : Unwrap(ReadValue(body));
    }

    /// <summary>The elements of a bare list, into a list that may be reused.</summary>
    /// <returns>False when the body is no list; then use <see cref="ReadRows"/>.</returns>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public static bool TryReadList(ReadOnlySpan<byte> body, List<object?> rows)
    {
        Utf8JsonReader reader = new(body, default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            rows.Add(JsonValues.Read(ref reader));
        }

        // Throws when something follows.
        reader.Read();
        return true;
    }

    /// <summary>The whole body as one value.</summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public static object? ReadValue(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body, default);
        reader.Read();
        object? value = JsonValues.Read(ref reader);
        reader.Read();

        // Scoring scripts that return JSON text get it encoded a second time.
        return value is string text && text.AsSpan().TrimStart() is ['[' or '{', ..] && TryParseValue(text) is { } inner ? inner : value;
    }

    /// <summary>JSON text as a value; null when it is none.</summary>
    public static object? TryParseValue(string text)
    {
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text), default);
            reader.Read();
            object? value = JsonValues.Read(ref reader);
            reader.Read();
            return value;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private static object?[]? Unwrap(object? value)
    {
        switch (value)
        {
            case object?[] rows:
                return rows;
            case Dictionary<string, object?> { Count: 1 } wrapper when wrapper.First() is { Value: object?[] rows, Key: var key } && Wrappers.Contains(key):
                return rows;
            case Dictionary<string, object?> { Count: > 0 } outputs when outputs.Values.All(column => column is object?[]):
                object?[][] columns = [.. outputs.Values.Cast<object?[]>()];
                return columns.All(column => column.Length == columns[0].Length) ? Transpose([.. outputs.Keys], columns) : null;
            default:
                return null;
        }
    }

    // Named tensors answer by output; a row is one element of each.
    private static object?[] Transpose(string[] names, object?[][] columns)
    {
        object?[] rows = new object?[columns[0].Length];
        for (int row = 0; row < rows.Length; row++)
        {
            Dictionary<string, object?> record = new(names.Length, StringComparer.Ordinal);
            for (int column = 0; column < names.Length; column++)
            {
                record[names[column]] = columns[column][row];
            }

            rows[row] = record;
        }

        return rows;
    }
}
