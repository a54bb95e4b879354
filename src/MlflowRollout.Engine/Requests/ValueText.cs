using System.Collections;
using System.Globalization;

namespace MlflowRollout.Engine.Requests;

/// <summary>Values as messages show them.</summary>
internal static class ValueText
{
    private const int Longest = 40;

    /// <summary>Text in quotes, cut when long; anything else by its value or type.</summary>
    public static string Show(object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case string text:
                return "'" + Shorten(text) + "'";
            case bool flag:
                return flag ? "True" : "False";
            case IFormattable formattable:
                return Shorten(formattable.ToString(null, CultureInfo.InvariantCulture));
            case IDictionary or IEnumerable:
                return "a list or dictionary (" + value.GetType().Name + ")";
            default:
                return "an object of type " + value.GetType().Name;
        }
    }

    /// <summary>Text without line breaks, cut when long.</summary>
    public static string Shorten(string text, int longest = Longest)
    {
        string oneLine = text.ReplaceLineEndings(" ");
        return oneLine.Length <= longest ? oneLine : string.Concat(oneLine.AsSpan(0, longest), "…");
    }
}
