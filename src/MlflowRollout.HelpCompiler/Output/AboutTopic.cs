using System.Text;
using MlflowRollout.HelpCompiler.Markdown;

namespace MlflowRollout.HelpCompiler.Output;

/// <summary>Turns an about topic into the text of 80 columns that PowerShell shows.</summary>
internal static class AboutTopic
{
    private const int Columns = 80;
    private const int Indent = 4;

    /// <summary>The first headings, in order; others may follow.</summary>
    internal static IReadOnlyList<string> FirstHeadings { get; } = ["Short description", "Long description"];

    /// <summary>Writes a topic.</summary>
    /// <param name="source">Its source.</param>
    /// <param name="problems">Receives what is wrong.</param>
    internal static string Render(SourceText source, ICollection<HelpProblem> problems)
    {
        string name = Path.GetFileNameWithoutExtension(source.File);
        IReadOnlyList<MarkdownSection> sections = MarkdownReader.ReadSections(source, problems);
        string[] second = [.. sections.Where(section => section.Level == 2).Select(section => section.Heading)];
        if (sections.Count == 0 || sections[0].Heading != name || !second.Take(2).SequenceEqual(FirstHeadings, StringComparer.Ordinal))
        {
            problems.Add(new HelpProblem(source.File, 1, HelpProblemCodes.Form, $"{name}: the file must begin with '# {name}', '## {FirstHeadings[0]}' and '## {FirstHeadings[1]}'."));
            return string.Empty;
        }

        // PowerShell takes the fifth line as the synopsis, so this order is fixed and the short description is one line.
        var text = new StringBuilder();
        text.Append("TOPIC\n").Append(' ', Indent).Append(name).Append("\n\n");
        string brief = string.Join(' ', sections[1].Blocks.Select(block => PlainText.From(block.Text)));
        if (brief.Length is 0 or > Columns - Indent)
        {
            problems.Add(new HelpProblem(source.File, sections[1].Line, HelpProblemCodes.Form, $"{name}: the short description must be one line of at most {Columns - Indent} characters; it has {brief.Length}."));
        }

        text.Append("SHORT DESCRIPTION\n").Append(' ', Indent).Append(brief).Append("\n\n");
        foreach (MarkdownSection section in sections.Skip(2))
        {
            string heading = PlainText.From(section.Heading);
            text.Append(section.Level == 2 ? heading.ToUpperInvariant() : "  " + heading).Append('\n');
            AppendBlocks(text, section, source, problems);
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendBlocks(StringBuilder text, MarkdownSection section, SourceText source, ICollection<HelpProblem> problems)
    {
        IReadOnlyList<string>? headings = null;
        MarkdownBlock? previous = null;
        foreach (MarkdownBlock block in section.Blocks)
        {
            bool isHeading = block.Kind == MarkdownBlockKind.TableRow && headings is null;
            if (previous is not null && !(previous.Kind == MarkdownBlockKind.Bullet && block.Kind == MarkdownBlockKind.Bullet) && !isHeading)
            {
                text.Append('\n');
            }

            switch (block.Kind)
            {
                case MarkdownBlockKind.Code:
                    AppendCode(text, block, source, problems);
                    break;
                case MarkdownBlockKind.Bullet:
                    AppendWrapped(text, "- ", PlainText.From(block.Text), Indent, Indent + 2);
                    break;
                case MarkdownBlockKind.TableRow when isHeading:
                    headings = block.Cells;
                    continue;
                case MarkdownBlockKind.TableRow:
                    AppendRow(text, headings!, block.Cells);
                    break;
                default:
                    AppendWrapped(text, string.Empty, PlainText.From(block.Text), Indent, Indent);
                    break;
            }

            if (block.Kind != MarkdownBlockKind.TableRow)
            {
                headings = null;
            }

            previous = block;
        }
    }

    private static void AppendCode(StringBuilder text, MarkdownBlock block, SourceText source, ICollection<HelpProblem> problems)
    {
        string[] lines = block.Text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > Columns - (2 * Indent))
            {
                problems.Add(new HelpProblem(source.File, block.Line + 1 + i, HelpProblemCodes.Form, $"The line has {lines[i].Length} characters; code in a topic may have {Columns - (2 * Indent)}. Break it."));
            }

            text.Append(lines[i].Length == 0 ? string.Empty : new string(' ', 2 * Indent) + lines[i]).Append('\n');
        }
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> headings, IReadOnlyList<string> cells)
    {
        AppendWrapped(text, string.Empty, PlainText.From(cells[0]), Indent, Indent);
        for (int i = 1; i < cells.Count; i++)
        {
            string label = i < headings.Count && headings[i].Length > 0 ? $"{PlainText.From(headings[i])}: " : string.Empty;
            AppendWrapped(text, label, PlainText.From(cells[i]), 2 * Indent, (2 * Indent) + 2);
        }
    }

    private static void AppendWrapped(StringBuilder text, string first, string words, int indent, int hang)
    {
        bool isFirst = true;
        foreach (string line in PlainText.Wrap(first + words, Columns - hang))
        {
            text.Append(' ', isFirst ? indent : hang).Append(line).Append('\n');
            isFirst = false;
        }
    }
}
