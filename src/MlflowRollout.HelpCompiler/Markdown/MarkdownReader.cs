using System.Text.RegularExpressions;

namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>Reads the few forms of markdown that help sources use: headings, paragraphs, one level of lists, tables and fenced blocks.</summary>
internal static partial class MarkdownReader
{
    /// <summary>Splits a source into sections. Lines before the first heading are an error, apart from front matter.</summary>
    /// <param name="source">Source.</param>
    /// <param name="problems">Receives what is wrong.</param>
    internal static IReadOnlyList<MarkdownSection> ReadSections(SourceText source, ICollection<HelpProblem> problems)
    {
        IReadOnlyList<string> lines = source.Visible;
        List<MarkdownSection> sections = [];
        int start = SkipFrontMatter(lines);
        int heading = -1;
        string? fence = null;
        int fenceLine = 0;
        for (int i = start; i <= lines.Count; i++)
        {
            string? line = i < lines.Count ? lines[i] : null;
            if (line is not null && Fence().Match(line) is { Success: true } match)
            {
                fenceLine = fence is null ? i + 1 : fenceLine;
                fence = fence is null ? match.Groups["marks"].Value : line.TrimEnd() == fence ? null : fence;
            }

            bool isHeading = line is not null && fence is null && Heading().IsMatch(line);
            if (!isHeading && line is not null)
            {
                if (heading < 0 && line.Trim().Length > 0)
                {
                    problems.Add(new HelpProblem(source.File, i + 1, HelpProblemCodes.Form, "Text stands before the first heading. Begin the file with '# ' and its name."));
                    heading = i;
                }

                continue;
            }

            if (heading >= 0 && Heading().Match(lines[heading]) is { Success: true } previous)
            {
                sections.Add(new MarkdownSection(
                    previous.Groups["marks"].Length, previous.Groups["text"].Value.Trim(), heading + 1, i, ReadBlocks(source, heading + 1, i)));
            }

            heading = i;
        }

        if (fence is not null)
        {
            problems.Add(new HelpProblem(source.File, fenceLine, HelpProblemCodes.Form, $"The block is not closed: a line with {fence} alone is missing."));
        }

        return sections;
    }

    private static List<MarkdownBlock> ReadBlocks(SourceText source, int from, int to)
    {
        IReadOnlyList<string> lines = source.Visible;
        List<MarkdownBlock> blocks = [];
        for (int i = from; i < to; i++)
        {
            string line = lines[i];
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (Fence().Match(line) is { Success: true } open)
            {
                int end = i + 1;
                while (end < to && lines[end].TrimEnd() != open.Groups["marks"].Value)
                {
                    end++;
                }

                // Code is taken as it is: what looks like a comment in it is code.
                blocks.Add(new MarkdownBlock(
                    MarkdownBlockKind.Code, i + 1, end + 1, string.Join('\n', source.Lines.Skip(i + 1).Take(end - i - 1)), open.Groups["info"].Value.Trim()));
                i = end;
                continue;
            }

            if (line.StartsWith('|'))
            {
                if (!TableRule().IsMatch(line))
                {
                    blocks.Add(new MarkdownBlock(MarkdownBlockKind.TableRow, i + 1, i + 1, line.Trim()));
                }

                continue;
            }

            bool bullet = IsBullet(line);
            int last = i + 1;
            while (last < to && lines[last].Trim().Length > 0 && !IsBullet(lines[last]) && !Fence().IsMatch(lines[last]) && !lines[last].StartsWith('|'))
            {
                last++;
            }

            string text = string.Join(' ', lines.Skip(i).Take(last - i).Select(part => part.Trim()));
            blocks.Add(new MarkdownBlock(bullet ? MarkdownBlockKind.Bullet : MarkdownBlockKind.Text, i + 1, last, bullet ? text[2..].TrimStart() : text));
            i = last - 1;
        }

        return blocks;
    }

    private static int SkipFrontMatter(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || lines[0].TrimEnd() != "---")
        {
            return 0;
        }

        for (int i = 1; i < lines.Count; i++)
        {
            if (lines[i].TrimEnd() == "---")
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static bool IsBullet(string line) => line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal);

    [GeneratedRegex("^(?<marks>#{1,6})\\s+(?<text>.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex("^(?<marks>`{3,})(?<info>[^`]*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("^[|:\\-\\s]+$")]
    private static partial Regex TableRule();
}
