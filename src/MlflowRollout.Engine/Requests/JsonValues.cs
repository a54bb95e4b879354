using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>JSON as plain objects: long, double, string, bool, null, <c>object[]</c> and ordered dictionaries.</summary>
internal static class JsonValues
{
    private const int SmallestShared = -16;
    private static readonly object[] SharedLongs = [.. Enumerable.Range(SmallestShared, 528).Select(value => (object)(long)value)];
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>The value at the reader's current token; the reader is left at the value's last token.</summary>
    public static object? Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return ReadNumber(ref reader);
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True:
                return True;
            case JsonTokenType.False:
                return False;
            case JsonTokenType.StartArray:
                List<object?> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader));
                }

                return items.ToArray();
            case JsonTokenType.StartObject:
                // Dictionary keeps the order of insertion as long as nothing is removed.
                Dictionary<string, object?> record = new(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    record[name] = Read(ref reader);
                }

                return record;
            default:
                return null;
        }
    }

    private static object ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out long whole))
        {
            long index = whole - SmallestShared;
            return (ulong)index < (ulong)SharedLongs.Length ? SharedLongs[index] : whole;
        }

        return reader.GetDouble();
    }
}
