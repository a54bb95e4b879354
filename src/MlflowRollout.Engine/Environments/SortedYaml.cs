using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Environments;

/// <summary>
/// Writes YAML as Python's <c>yaml.dump</c> does with sorted keys, byte by byte, since the official clients name an environment after the hash of that text:
/// block style, lists not indented, long text folded at column 80, YAML 1.1 scalars.
/// </summary>
internal sealed partial class SortedYaml
{
    private const int Width = 80;

    private readonly StringBuilder _text = new();
    private int _column;

    private SortedYaml()
    {
    }

    /// <summary>The text of a map, list or scalar, with a line feed at the end.</summary>
    public static string Write(YamlItem root)
    {
        SortedYaml writer = new();
        writer.WriteNode(root, 0, inList: false);
        return writer._text.ToString() + (writer._column > 0 ? "\n" : string.Empty);
    }

    private void WriteNode(YamlItem item, int indent, bool inList)
    {
        if (item.Map is { Count: > 0 } map)
        {
            bool first = true;
            foreach ((string key, YamlItem value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                // The first key stands on the line of its list item.
                Begin(first && inList ? -1 : indent);
                first = false;
                WriteText(key, indent + 2, isKey: true);
                Append(":");
                WriteValue(value, indent, isMapValue: true);
            }
        }
        else if (item.Items is { Count: > 0 } items)
        {
            bool first = true;
            foreach (YamlItem value in items)
            {
                Begin(first && inList ? -1 : indent);
                first = false;
                Append("-");
                WriteValue(value, indent, isMapValue: false);
            }
        }
        else
        {
            WriteScalar(item, indent);
        }
    }

    private void WriteValue(YamlItem value, int indent, bool isMapValue)
    {
        bool isBlock = value.Map is { Count: > 0 } || value.Items is { Count: > 0 };
        if (!isBlock)
        {
            Append(" ");
            WriteScalar(value, indent + 2);
            return;
        }

        if (isMapValue)
        {
            // A list of a map is not indented further.
            WriteNode(value, value.Map is null ? indent : indent + 2, inList: false);
            return;
        }

        Append(" ");
        WriteNode(value, indent + 2, inList: true);
    }

    private void WriteScalar(YamlItem item, int indent)
    {
        if (item.Map is not null || item.Items is not null)
        {
            Append(item.Map is not null ? "{}" : "[]");
        }
        else if (item.Text is null)
        {
            Append("null");
        }
        else if (item.IsPlain && Resolve(item.Text) is { } typed)
        {
            Append(typed);
        }
        else
        {
            WriteText(item.Text, indent, isKey: false);
        }
    }

    // What YAML 1.1 reads plain text as, written back; null for text.
    private static string? Resolve(string text) => text switch
    {
        _ when TrueRule().IsMatch(text) => "true",
        _ when FalseRule().IsMatch(text) => "false",
        _ when DecimalRule().IsMatch(text) => text.Replace("_", string.Empty, StringComparison.Ordinal).TrimStart('+'),
        _ when FloatRule().IsMatch(text) => WriteFloat(text),
        _ when OtherNumberRule().IsMatch(text) || TimeRule().IsMatch(text) => text,
        _ => null,
    };

    private static string WriteFloat(string text)
    {
        double value = double.Parse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        string written = size is 0 or (>= 1e-4 and < 1e16)
            ? value.ToString("0.0################", CultureInfo.InvariantCulture)
            : value.ToString("0.0################e+00", CultureInfo.InvariantCulture);
        return double.Parse(written, CultureInfo.InvariantCulture).Equals(value) ? written : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private void WriteText(string text, int indent, bool isKey)
    {
        if (NeedsDoubleQuotes(text))
        {
            WriteDoubleQuoted(text, indent, !isKey);
        }
        else if (text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal) && IsPlain(text))
        {
            WriteFolded(text, indent, !isKey, quoted: false);
        }
        else
        {
            Append("'");
            WriteFolded(text, indent, !isKey, quoted: true);
            Append("'");
        }
    }

    private static bool NeedsDoubleQuotes(string text) =>
        text.Any(character => character is not '\n' and (< ' ' or > '~')) || SpaceAtBreakRule().IsMatch(text);

    // What is not read as something else, begins no construct and ends none.
    private static bool IsPlain(string text) =>
        Resolve(text) is null
        && !NullRule().IsMatch(text)
        && text is not ("=" or "<<")
        && text[0] != ' ' && text[^1] != ' '
        && !IndicatorRule().IsMatch(text)
        && !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal)
        && !text.Contains(": ", StringComparison.Ordinal) && text[^1] != ':'
        && !text.Contains(" #", StringComparison.Ordinal);

    // Breaks at single spaces beyond the width; in quotes an apostrophe is doubled, and a line feed is an empty line.
    private void WriteFolded(string text, int indent, bool mayBreak, bool quoted)
    {
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            bool singleSpace = character == ' '
                && index > 0 && text[index - 1] != ' '
                && index + 1 < text.Length && text[index + 1] != ' ';
            if (singleSpace && mayBreak && _column > Width)
            {
                Begin(indent);
            }
            else if (character == '\n')
            {
                // One line feed more than are meant: a single one would be a space.
                int end = index;
                while (end < text.Length && text[end] == '\n')
                {
                    end++;
                }

                _text.Append('\n', end - index + 1).Append(' ', indent);
                _column = indent;
                index = end - 1;
            }
            else
            {
                Append(quoted && character == '\'' ? "''" : character.ToString());
            }
        }
    }

    private void WriteDoubleQuoted(string text, int indent, bool mayBreak)
    {
        Append("\"");
        int last = text.Length - 1;
        int start = 0;
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            if (character is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                // A part ends where something is escaped, or at a space that a line may break at.
                if (character == ' ' && mayBreak && index > 0 && index < last && _column + (index - start) > Width)
                {
                    Append(text[start..index]);
                    _text.Append("\\\n").Append(' ', indent);
                    _column = indent;
                    Append("\\");
                    start = index;
                }

                continue;
            }

            Append(text[start..index]);
            start = index + 1;
            if (char.IsHighSurrogate(character) && index < last)
            {
                Append(string.Create(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(character, text[++index]):X8}"));
                start = index + 1;
            }
            else
            {
                Append(Escape(character));
            }
        }

        Append(text[start..]);
        Append("\"");
    }

    private static string Escape(char character) => character switch
    {
        '\0' => "\\0",
        '\a' => "\\a",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\v' => "\\v",
        '\f' => "\\f",
        '\r' => "\\r",
        '\u001b' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u0085' => "\\N",
        '\u00a0' => "\\_",
        '\u2028' => "\\L",
        '\u2029' => "\\P",
        <= '\u00ff' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
    };

    private void Begin(int indent)
    {
        if (indent < 0)
        {
            return;
        }

        if (_text.Length > 0)
        {
            _text.Append('\n');
        }

        _text.Append(' ', indent);
        _column = indent;
    }

    private void Append(string text)
    {
        _text.Append(text);
        _column += text.Length;
    }

    [GeneratedRegex(@"\A(?:yes|Yes|YES|true|True|TRUE|on|On|ON)\z")]
    private static partial Regex TrueRule();

    [GeneratedRegex(@"\A(?:no|No|NO|false|False|FALSE|off|Off|OFF)\z")]
    private static partial Regex FalseRule();

    [GeneratedRegex(@"\A(?:~|null|Null|NULL)\z")]
    private static partial Regex NullRule();

    [GeneratedRegex(@"\A[-+]?(?:0|[1-9][0-9_]*)\z")]
    private static partial Regex DecimalRule();

    [GeneratedRegex(@"\A(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\z")]
    private static partial Regex FloatRule();

    [GeneratedRegex(@"\A(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z")]
    private static partial Regex OtherNumberRule();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?\z")]
    private static partial Regex TimeRule();

    [GeneratedRegex(@"\A(?:[#,\[\]{}&*!|>'""%@`]|[-?:](?: |\z))|\A[?:]\z")]
    private static partial Regex IndicatorRule();

    [GeneratedRegex(@" \n|\n ")]
    private static partial Regex SpaceAtBreakRule();
}
