using System.Text;
using System.Text.RegularExpressions;

namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>Takes the marks out of markdown text.</summary>
internal static partial class PlainText
{
    /// <summary>The text as a terminal shows it: no marks; addresses of the web stay behind their words.</summary>
    /// <param name="markdown">One paragraph.</param>
    internal static string From(string markdown)
    {
        // Code spans and escaped marks are put aside: what looks like a mark there is text.
        List<string> spans = [];
        string text = CodeSpan().Replace(markdown, match =>
        {
            spans.Add(match.Groups["code"].Value);
            return $"\u0001{spans.Count - 1}\u0001";
        });
        text = Escape().Replace(text, match =>
        {
            spans.Add(match.Groups["mark"].Value);
            return $"\u0001{spans.Count - 1}\u0001";
        });
        text = Link().Replace(text, match => match.Groups["target"].Value.StartsWith("http", StringComparison.Ordinal)
            ? $"{match.Groups["text"].Value} ({match.Groups["target"].Value})"
            : match.Groups["text"].Value);
        text = Strong().Replace(text, "${text}");
        text = Emphasis().Replace(text, "${text}");
        return Aside().Replace(text, match => spans[int.Parse(match.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture)]);
    }

    /// <summary>Breaks a text into lines at blanks; a word that is longer stands alone.</summary>
    /// <param name="text">Text.</param>
    /// <param name="width">Columns.</param>
    internal static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    /// <summary>The links of a text.</summary>
    /// <param name="markdown">Text.</param>
    internal static IEnumerable<(string Text, string Target)> Links(string markdown) =>
        Link().Matches(markdown).Select(match => (match.Groups["text"].Value, match.Groups["target"].Value));

    [GeneratedRegex("(?<ticks>`+)(?<code>.+?)\\k<ticks>")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("\\[(?<text>[^\\]]+)\\]\\((?<target>[^)\\s]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("\\*\\*(?<text>[^*]+)\\*\\*")]
    private static partial Regex Strong();

    [GeneratedRegex("(?<![\\w*])\\*(?<text>[^*\\s][^*]*)\\*(?![\\w*])")]
    private static partial Regex Emphasis();

    [GeneratedRegex("\\\\(?<mark>[\\\\`*_{}\\[\\]<>()#+\\-.!|$@])")]
    private static partial Regex Escape();

    [GeneratedRegex("\u0001(?<index>\\d+)\u0001")]
    private static partial Regex Aside();
}
