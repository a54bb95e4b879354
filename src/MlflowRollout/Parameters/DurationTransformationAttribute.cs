using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace MlflowRollout.Parameters;

/// <summary>
/// Turns what users type for a duration into a <see cref="TimeSpan"/>: <c>30s</c>, <c>'30m'</c>, <c>'1.5h'</c>, <c>'2d'</c>, <c>'500ms'</c>, <c>00:30:00</c>, a TimeSpan, and
/// numbers as seconds. PowerShell itself reads a bare <c>1800</c> as 180 microseconds, <c>30s</c> as a 16-bit integer (30) and <c>1d</c> as a decimal, hence this
/// attribute; decimals are refused because <c>1d</c> means a day to people.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed partial class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is null ? null : Parse(value);
    }

    /// <summary>Reads a duration.</summary>
    /// <param name="value">Text, number of seconds or TimeSpan.</param>
    /// <exception cref="ArgumentTransformationMetadataException">It is none.</exception>
    internal static TimeSpan Parse(object value)
    {
        TimeSpan duration = value switch
        {
            TimeSpan span => span,
            string text => ParseText(text.Trim()),
            sbyte or byte or short or ushort or int or uint or long or double => FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture), value),
            _ => throw Refuse(value),
        };
        return duration < TimeSpan.Zero ? throw new ArgumentTransformationMetadataException($"A duration cannot be negative: {value}.") : duration;
    }

    private static TimeSpan FromSeconds(double seconds, object value)
    {
        try
        {
            return TimeSpan.FromSeconds(seconds);
        }
        catch (Exception e) when (e is OverflowException or ArgumentException)
        {
            throw Refuse(value);
        }
    }

    private static TimeSpan ParseText(string text)
    {
        Match match = WithUnit().Match(text);
        if (match.Success && double.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            double seconds = number * match.Groups["unit"].Value.ToUpperInvariant() switch
            {
                "MS" => 0.001,
                "M" => 60,
                "H" => 3600,
                "D" => 86400,
                _ => 1,
            };
            return FromSeconds(seconds, text);
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : throw Refuse(text);
    }

    private static ArgumentTransformationMetadataException Refuse(object value) => new(
        $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}' is no duration here. Write it as '30s', '30m', '1h', '2d', '00:30:00' (in quotes) or a number of seconds." +
        (value is decimal ? " PowerShell reads a number followed by d as a decimal: put it in quotes to mean days." : string.Empty));

    [GeneratedRegex(@"^(?<number>\d+(\.\d+)?)\s*(?<unit>ms|s|m|h|d)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WithUnit();
}
