using System.Globalization;
using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Yaml;

/// <summary>What text without quotes stands for in YAML 1.1, which the Azure CLI reads; JSON's numbers and truth values are the same.</summary>
internal static partial class YamlScalar
{
    /// <summary>True for a truth value.</summary>
    public static bool IsTruth(YamlItem item) => item is { IsPlain: true, Text: { } text } && TruthRule().IsMatch(text);

    /// <summary>True for a number, in any of YAML's notations.</summary>
    public static bool IsNumber(YamlItem item) => item is { IsPlain: true, Text: { } text } && NumberRule().IsMatch(text);

    /// <summary>A truth value, with or without quotes; null for anything else.</summary>
    public static bool? Truth(YamlItem item) =>
        item.Text is { } text && TruthRule().IsMatch(text) ? text[0] is 't' or 'T' or 'y' or 'Y' || text is "on" or "On" or "ON" : null;

    /// <summary>A whole number in plain decimal notation, with or without quotes; null for anything else.</summary>
    public static long? Whole(YamlItem item) =>
        item.Text is { } text && WholeRule().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>A number in plain decimal notation, with or without quotes; null for anything else.</summary>
    public static double? Number(YamlItem item) =>
        item.Text is { } text && DecimalRule().IsMatch(text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    /// <summary>
    /// The text that the Azure CLI makes of a scalar where the service takes text: truth values become <c>True</c> and <c>False</c>, decimals lose needless zeros. Null for a
    /// number in a notation that YAML reads as another value than it looks like (<c>010</c> is 8, <c>1:30</c> is 90).
    /// </summary>
    public static string? AsSent(YamlItem item)
    {
        string text = item.Text!;
        if (IsTruth(item))
        {
            return Truth(item) == true ? "True" : "False";
        }

        if (!IsNumber(item) || WholeRule().IsMatch(text))
        {
            return text;
        }

        bool isDecimal = text.Contains('.', StringComparison.Ordinal) && !text.Contains('e', StringComparison.OrdinalIgnoreCase);
        if (!isDecimal || Number(item) is not { } number || (number != 0 && Math.Abs(number) is < 1e-4 or >= 1e15))
        {
            return null;
        }

        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return shortest.Contains('.', StringComparison.Ordinal) ? shortest : shortest + ".0";
    }

    [GeneratedRegex(@"\A(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)\z")]
    private static partial Regex TruthRule();

    [GeneratedRegex(@"\A(?:[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?0[bxo][0-9a-fA-F_]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z")]
    private static partial Regex NumberRule();

    [GeneratedRegex(@"\A-?(?:0|[1-9][0-9]*)\z")]
    private static partial Regex WholeRule();

    [GeneratedRegex(@"\A[-+]?(?:0|[1-9][0-9]*)?\.?[0-9]*(?:[eE][-+]?[0-9]+)?\z")]
    private static partial Regex DecimalRule();
}
