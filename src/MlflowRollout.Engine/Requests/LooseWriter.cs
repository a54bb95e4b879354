using System.Collections;
using System.Numerics;
using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>Writes values whose type no signature says, and tensors.</summary>
internal static class LooseWriter
{
    private const int DeepestNesting = 32;

    /// <summary>Appends a value as it is: numbers, text, truth values, dates, bytes, lists and dictionaries.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Write(Utf8Buffer output, object? value, int depth)
    {
        if (depth > DeepestNesting)
        {
            return "is nested too deeply (or in itself)";
        }

        switch (value)
        {
            case null or DBNull:
                output.Append("null"u8);
                return null;
            case string text:
                return JsonText.TryWrite(output, text) ? null : $"{ValueText.Show(text)} is no valid Unicode (half of a surrogate pair)";
            case bool flag:
                output.Append(flag ? "true"u8 : "false"u8);
                return null;
            case double or float or decimal or Half:
                return CellWriter.Write(output, value is Half half ? (double)half : value, MlColumnType.Double);
            case byte[] bytes:
                return CellWriter.Write(output, bytes, MlColumnType.Binary);
            case long or int or short or sbyte or byte or ushort or uint or ulong or BigInteger:
                return CellWriter.Write(output, value, MlColumnType.Long);
            case DateTime or DateTimeOffset or DateOnly:
                CellWriter.TryWriteDate(output, value);
                return null;
            case IDictionary dictionary:
                return WriteDictionary(output, dictionary, depth);
            case IEnumerable items:
                return WriteList(output, items, depth);
            default:
                return CellWriter.Write(output, value, MlColumnType.String);
        }
    }

    /// <summary>Appends a tensor, or one row of it: nested lists of the given dimensions (-1 for any), each element of the given type.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? WriteTensor(Utf8Buffer output, object? value, MlColumnType type, ReadOnlySpan<long> shape, int depth = 0)
    {
        if (shape.IsEmpty)
        {
            return CellWriter.Write(output, value, type);
        }

        if (value is string text)
        {
            // A table can hold a list as JSON text only.
            value = ReplyParser.TryParseValue(text) as object[];
        }

        if (value is null or IDictionary || value is not IEnumerable items)
        {
            return depth == 0
                ? $"is no list of {shape.Length} dimension{(shape.Length == 1 ? string.Empty : "s")}"
                : $"has fewer dimensions than the {shape.Length + depth} that the model takes";
        }

        output.Append((byte)'[');
        long count = 0;
        foreach (object? item in items)
        {
            if (count++ > 0)
            {
                output.Append((byte)',');
            }

            if (WriteTensor(output, item, type, shape[1..], depth + 1) is { } problem)
            {
                return problem;
            }
        }

        if (shape[0] >= 0 && count != shape[0])
        {
            return $"has {count} elements in dimension {depth + 1} of a row where the model takes {shape[0]}";
        }

        output.Append((byte)']');
        return null;
    }

    /// <summary>Appends a list, an object or a map; a text must be its JSON, since a table can hold it in no other way.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? WriteNested(Utf8Buffer output, object value)
    {
        if (value is not string text)
        {
            return value is IEnumerable and not byte[] ? Write(output, value, 0) : $"{ValueText.Show(value)} is no list, object or map";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            {
                output.Append(JsonSerializer.SerializeToUtf8Bytes(document.RootElement));
                return null;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        return $"{ValueText.Show(text)} is no list, object or map in JSON";
    }

    private static string? WriteDictionary(Utf8Buffer output, IDictionary dictionary, int depth)
    {
        output.Append((byte)'{');
        bool first = true;
        foreach (DictionaryEntry entry in dictionary)
        {
            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            if (!JsonText.TryWrite(output, entry.Key.ToString()))
            {
                return "has a key that is no valid Unicode";
            }

            output.Append((byte)':');
            if (Write(output, entry.Value, depth + 1) is { } problem)
            {
                return problem;
            }
        }

        output.Append((byte)'}');
        return null;
    }

    private static string? WriteList(Utf8Buffer output, IEnumerable items, int depth)
    {
        output.Append((byte)'[');
        bool first = true;
        foreach (object? item in items)
        {
            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            if (Write(output, item, depth + 1) is { } problem)
            {
                return problem;
            }
        }

        output.Append((byte)']');
        return null;
    }
}
