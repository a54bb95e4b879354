using System.Buffers.Text;
using System.Globalization;

namespace MlflowRollout.Engine.Requests;

/// <summary>
/// Writes one value as JSON by the type of its column, the same in every culture. What cannot be held exactly (a fraction in a whole number, a number out
/// of range) is a problem, never a rounding. Nothing is allocated unless there is a problem.
/// </summary>
internal static class CellWriter
{
    private const int LongestNumber = 64;
    private const double LongLimit = 9223372036854775808d;

    /// <summary>Appends the value.</summary>
    /// <returns>Null, or what is wrong with the value; then the buffer holds a part that the caller takes back.</returns>
    public static string? Write(Utf8Buffer output, object? value, MlColumnType type)
    {
        // Empty means no value: a CSV file has no other way to say so.
        if (value is null or DBNull or "")
        {
            output.Append("null"u8);
            return null;
        }

        return type switch
        {
            MlColumnType.Long => WriteWhole(output, value, long.MinValue, long.MaxValue, "long"),
            MlColumnType.Integer => WriteWhole(output, value, int.MinValue, int.MaxValue, "integer"),
            MlColumnType.Double => WriteReal(output, value, isSingle: false),
            MlColumnType.Float => WriteReal(output, value, isSingle: true),
            MlColumnType.Boolean => WriteBoolean(output, value),
            MlColumnType.String => WriteText(output, value),
            MlColumnType.Binary => WriteBinary(output, value),
            MlColumnType.Datetime => WriteDate(output, value),
            MlColumnType.Nested => LooseWriter.WriteNested(output, value),
            _ => LooseWriter.Write(output, value, depth: 0),
        };
    }

    /// <summary>Appends a real number; always with a point or an exponent, since a double column does not take what looks like an integer (MLflow).</summary>
    public static string? WriteReal(Utf8Buffer output, double number)
    {
        if (double.IsNaN(number))
        {
            // Both mean a missing value in a column of real numbers, and JSON has no NaN.
            output.Append("null"u8);
            return null;
        }

        if (double.IsInfinity(number))
        {
            return "infinity cannot be sent as JSON";
        }

        Span<byte> target = output.GetSpan(LongestNumber);
        number.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        if (target[..written].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            target[written++] = (byte)'.';
            target[written++] = (byte)'0';
        }

        output.Advance(written);
        return null;
    }

    /// <summary>Appends a whole number.</summary>
    public static void WriteWhole(Utf8Buffer output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(LongestNumber), out int written);
        output.Advance(written);
    }

    /// <summary>Appends a date as ISO 8601.</summary>
    public static bool TryWriteDate(Utf8Buffer output, object value)
    {
        Span<char> text = stackalloc char[LongestNumber];
        int length;
        switch (value)
        {
            case DateTime date:
                date.TryFormat(text, out length, date.Kind == DateTimeKind.Unspecified ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);
                break;
            case DateTimeOffset moment:
                moment.TryFormat(text, out length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
                break;
            case DateOnly day:
                day.TryFormat(text, out length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
                break;
            default:
                return false;
        }

        return JsonText.TryWrite(output, text[..length]);
    }

    /// <summary>A whole number as a long; null where it is none, with the reason.</summary>
    public static long? ToWhole(object value, out string? problem)
    {
        problem = null;
        switch (value)
        {
            case long number:
                return number;
            case int number:
                return number;
            case string text:
                return ParseWhole(text, out problem);
            case short number:
                return number;
            case byte number:
                return number;
            case sbyte number:
                return number;
            case ushort number:
                return number;
            case uint number:
                return number;
            case ulong number when number <= long.MaxValue:
                return (long)number;
            case double number when double.IsFinite(number) && Math.Floor(number) == number:
                return number is >= -LongLimit and < LongLimit ? (long)number : TooLarge(value, out problem);
            case float number when float.IsFinite(number) && MathF.Floor(number) == number:
                return number is >= -(float)LongLimit and < (float)LongLimit ? (long)number : TooLarge(value, out problem);
            case decimal number when decimal.Truncate(number) == number:
                return number is >= long.MinValue and <= long.MaxValue ? (long)number : TooLarge(value, out problem);
            case System.Numerics.BigInteger number when number >= long.MinValue && number <= long.MaxValue:
                return (long)number;
            case ulong or System.Numerics.BigInteger:
                return TooLarge(value, out problem);
            case Enum:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            default:
                problem = $"{ValueText.Show(value)} is no whole number";
                return null;
        }
    }

    private static long? TooLarge(object value, out string? problem)
    {
        problem = $"{ValueText.Show(value)} does not fit in 64 bits";
        return null;
    }

    private static long? ParseWhole(string text, out string? problem)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        problem = null;
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return number;
        }

        // "3.0" is three; "3.5" is not a whole number, and is not rounded.
        int point = digits.IndexOf('.');
        if (point > 0 && digits[(point + 1)..].Length > 0 && digits[(point + 1)..].IndexOfAnyExcept('0') < 0)
        {
            digits = digits[..point];
            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        if (System.Numerics.BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return TooLarge(text, out problem);
        }

        if (digits.Length <= 28
            && digits.IndexOfAny('e', 'E') > 0
            && decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)
            && decimal.Truncate(exact) == exact
            && exact is >= long.MinValue and <= long.MaxValue
            && (exact != 0 || digits[..digits.IndexOfAny('e', 'E')].IndexOfAnyInRange('1', '9') < 0))
        {
            return (long)exact;
        }

        problem = $"{ValueText.Show(text)} is no whole number";
        return null;
    }

    private static string? WriteWhole(Utf8Buffer output, object value, long least, long most, string typeName)
    {
        if (value is string blank && string.IsNullOrWhiteSpace(blank))
        {
            output.Append("null"u8);
            return null;
        }

        if (ToWhole(value, out string? problem) is not { } number)
        {
            return problem;
        }

        if (number < least || number > most)
        {
            return $"{ValueText.Show(value)} is outside of the range of type {typeName}";
        }

        WriteWhole(output, number);
        return null;
    }

    private static string? WriteReal(Utf8Buffer output, object value, bool isSingle)
    {
        double number;
        switch (value)
        {
            case double real:
                number = real;
                break;
            case float real when isSingle && float.IsFinite(real):
                return WriteSingle(output, real);
            case float real:
                number = real;
                break;
            case string text when string.IsNullOrWhiteSpace(text):
                output.Append("null"u8);
                return null;
            case string text:
                if (!double.TryParse(text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number))
                {
                    return $"{ValueText.Show(text)} is no number";
                }

                break;
            case decimal exact:
                number = (double)exact;
                break;
            case bool or char or DateTime or DateTimeOffset:
                return $"{ValueText.Show(value)} is no number";
            default:
                if (value is System.Numerics.BigInteger || ToWhole(value, out _) is not { } whole)
                {
                    return $"{ValueText.Show(value)} is no number{(value is ulong or System.Numerics.BigInteger ? " that a double holds exactly" : string.Empty)}";
                }

                number = whole;
                if (number >= LongLimit || (long)number != whole)
                {
                    return $"{ValueText.Show(value)} cannot be held exactly by a real number";
                }

                break;
        }

        if (isSingle && double.IsFinite(number) && Math.Abs(number) > float.MaxValue)
        {
            return $"{ValueText.Show(value)} is outside of the range of type float";
        }

        return WriteReal(output, number);
    }

    private static string? WriteSingle(Utf8Buffer output, float number)
    {
        Span<byte> target = output.GetSpan(LongestNumber);
        number.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        if (target[..written].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            target[written++] = (byte)'.';
            target[written++] = (byte)'0';
        }

        output.Advance(written);
        return null;
    }

    private static string? WriteBoolean(Utf8Buffer output, object value)
    {
        bool? truth = value switch
        {
            bool flag => flag,
            string text => ParseTruth(text.AsSpan().Trim()),
            char or DateTime or DateTimeOffset => null,
            _ => ToWhole(value, out _) switch { 0 => false, 1 => true, _ => null },
        };
        if (truth is null)
        {
            if (value is string blank && string.IsNullOrWhiteSpace(blank))
            {
                output.Append("null"u8);
                return null;
            }

            return $"{ValueText.Show(value)} is neither true nor false";
        }

        output.Append(truth.Value ? "true"u8 : "false"u8);
        return null;
    }

    private static bool? ParseTruth(ReadOnlySpan<char> text)
    {
        if (text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return text is "0" || text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false : null;
    }

    private static string? WriteText(Utf8Buffer output, object value)
    {
        if (value is string text)
        {
            return WriteString(output, text);
        }

        if (TryWriteDate(output, value))
        {
            return null;
        }

        return value switch
        {
            bool or char or Guid or Enum or Uri or Version or TimeSpan or TimeOnly => WriteString(output, Convert.ToString(value, CultureInfo.InvariantCulture)!),
            IFormattable formattable => WriteString(output, formattable.ToString(null, CultureInfo.InvariantCulture)),
            _ => $"{ValueText.Show(value)} is no text",
        };
    }

    private static string? WriteString(Utf8Buffer output, string text) =>
        JsonText.TryWrite(output, text) ? null : $"{ValueText.Show(text)} is no valid Unicode (half of a surrogate pair)";

    private static string? WriteBinary(Utf8Buffer output, object value)
    {
        ReadOnlySpan<byte> bytes;
        switch (value)
        {
            case byte[] array:
                bytes = array;
                break;
            case ReadOnlyMemory<byte> memory:
                bytes = memory.Span;
                break;
            case string text when Base64.IsValid(text):
                return WriteString(output, text);
            case string:
                return $"{ValueText.Show(value)} is no base64 text";
            default:
                return $"{ValueText.Show(value)} is neither bytes nor base64 text";
        }

        int length = Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        Span<byte> target = output.GetSpan(checked(length + 2));
        target[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, target[1..], out _, out int written);
        target[written + 1] = (byte)'"';
        output.Advance(written + 2);
        return null;
    }

    private static string? WriteDate(Utf8Buffer output, object value)
    {
        if (value is not string text)
        {
            return TryWriteDate(output, value) ? null : $"{ValueText.Show(value)} is no date";
        }

        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            output.Append("null"u8);
            return null;
        }

        if (!IsIsoDate(trimmed))
        {
            return $"{ValueText.Show(text)} is no date in the form of ISO 8601 (2024-01-31, 2024-01-31T12:30:00Z)";
        }

        JsonText.TryWrite(output, trimmed);
        return null;
    }

    /// <summary>True for a date, or date and time, of ISO 8601. Other forms differ between cultures in day and month.</summary>
    public static bool IsIsoDate(ReadOnlySpan<char> text)
    {
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || (text.Length > 10 && text[10] is not ('T' or 't' or ' ')))
        {
            return false;
        }

        return text[..4].IndexOfAnyExceptInRange('0', '9') < 0
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
    }
}
