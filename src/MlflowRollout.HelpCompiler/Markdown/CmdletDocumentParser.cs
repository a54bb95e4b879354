using System.Globalization;
using System.Text.RegularExpressions;

namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>Reads the help source of a cmdlet. Strict: the headings of PlatyPS, all of them, in its order.</summary>
internal static partial class CmdletDocumentParser
{
    /// <summary>The headings of the second level, in order.</summary>
    internal static IReadOnlyList<string> Headings { get; } =
        ["SYNOPSIS", "SYNTAX", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    /// <summary>Heading of the text about the parameters that all cmdlets have.</summary>
    internal const string CommonParameters = "CommonParameters";

    /// <summary>Reads a source.</summary>
    /// <param name="source">Source.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>The document; null when its form is so wrong that it cannot be read.</returns>
    internal static CmdletDocument? Parse(SourceText source, ICollection<HelpProblem> problems)
    {
        IReadOnlyList<MarkdownSection> sections = MarkdownReader.ReadSections(source, problems);
        string expected = Path.GetFileNameWithoutExtension(source.File);
        if (sections.Count == 0 || sections[0].Level != 1 || sections[0].Heading != expected)
        {
            problems.Add(Problem(source, 1, $"The file must begin with the heading '# {expected}', the name of its cmdlet."));
            return null;
        }

        string[] found = [.. sections.Where(section => section.Level == 2).Select(section => section.Heading)];
        if (!found.SequenceEqual(Headings, StringComparer.Ordinal))
        {
            string? wrong = Headings.Zip(found.Concat(Enumerable.Repeat("nothing", Headings.Count))).FirstOrDefault(pair => pair.First != pair.Second).First;
            problems.Add(Problem(
                source, 1, $"{expected}: the headings of the second level must be {string.Join(", ", Headings)}, in this order. {(wrong is null ? "One stands after the last." : $"The first that is not in place is {wrong}.")}"));
            return null;
        }

        var parts = Headings.ToDictionary(heading => heading, heading => new Part(sections, heading), StringComparer.Ordinal);
        var document = new CmdletDocument
        {
            Source = source,
            Name = expected,
            Synopsis = string.Join(' ', parts["SYNOPSIS"].Own.Blocks.Select(block => block.Text)),
            Syntax = parts["SYNTAX"].Own,
            SyntaxEndLine = parts["SYNTAX"].EndLine,
            Description = parts["DESCRIPTION"].Own.Blocks,
            Examples = [.. parts["EXAMPLES"].Children.Select(ToExample)],
            Parameters = [.. parts["PARAMETERS"].Children.Where(section => section.Heading != CommonParameters).Select(section => ToParameter(section, source, problems))],
            ParametersLine = parts["PARAMETERS"].Own.Line,
            Inputs = [.. parts["INPUTS"].Children.Select(ToType)],
            InputsLine = parts["INPUTS"].Own.Line,
            Outputs = [.. parts["OUTPUTS"].Children.Select(ToType)],
            OutputsLine = parts["OUTPUTS"].Own.Line,
            Notes = parts["NOTES"].Own.Blocks,
            Links = [.. parts["RELATED LINKS"].Own.Blocks.SelectMany(block => PlainText.Links(block.Text))],
            LinksLine = parts["RELATED LINKS"].Own.Line,
        };
        CheckForm(document, parts["PARAMETERS"].Children, problems);
        return document;
    }

    private static void CheckForm(CmdletDocument document, IReadOnlyList<MarkdownSection> parameterSections, ICollection<HelpProblem> problems)
    {
        SourceText source = document.Source;
        if (document.Synopsis.Length is 0 or > 120)
        {
            problems.Add(Problem(source, 1, $"{document.Name}: SYNOPSIS must be one sentence of at most 120 characters; it has {document.Synopsis.Length}."));
        }

        if (document.Description.Count == 0)
        {
            problems.Add(Problem(source, 1, $"{document.Name}: DESCRIPTION is empty. Say what the cmdlet does and why."));
        }

        for (int i = 0; i < document.Examples.Count; i++)
        {
            ExampleDocument example = document.Examples[i];
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            if (ExampleTitle().Match(example.Title) is not { Success: true } title || title.Groups["number"].Value != number)
            {
                problems.Add(Problem(source, example.Line, $"{document.Name}: the heading of this example must be 'Example {number}: ' and what it shows."));
            }

            if (example.Code.Count == 0 || example.Remarks.Count == 0)
            {
                problems.Add(Problem(source, example.Line, $"{document.Name}: '{example.Title}' needs a fenced block with its commands and a text that says what it does and why."));
            }
        }

        if (document.Examples.Count < 3)
        {
            problems.Add(Problem(source, 1, $"{document.Name}: {document.Examples.Count} examples; at least three are needed, one of them with a pipeline."));
        }

        if (parameterSections.Count == 0 || parameterSections[^1].Heading != CommonParameters)
        {
            problems.Add(Problem(source, document.ParametersLine, $"{document.Name}: PARAMETERS must end with the heading '### {CommonParameters}'."));
        }
    }

    private static ExampleDocument ToExample(MarkdownSection section) => new(
        section.Heading,
        section.Line,
        [.. section.Blocks.Where(block => block.Kind == MarkdownBlockKind.Code)],
        [.. section.Blocks.Where(block => block.Kind != MarkdownBlockKind.Code)]);

    private static ParameterDocument ToParameter(MarkdownSection section, SourceText source, ICollection<HelpProblem> problems)
    {
        if (!section.Heading.StartsWith('-'))
        {
            problems.Add(Problem(source, section.Line, $"'### {section.Heading}' must begin with the dash of its parameter, as in '### -Name'."));
        }

        return new ParameterDocument(
            section.Heading.TrimStart('-'),
            section.Line,
            section.EndLine,
            [.. section.Blocks.Where(block => !IsTable(block))],
            [.. section.Blocks.Where(IsTable)]);
    }

    private static TypeDocument ToType(MarkdownSection section) => new(section.Heading, section.Line, section.Blocks);

    private static bool IsTable(MarkdownBlock block) => block is { Kind: MarkdownBlockKind.Code, Info: "yaml" };

    private static HelpProblem Problem(SourceText source, int line, string message) => new(source.File, line, HelpProblemCodes.Form, message);

    [GeneratedRegex("^Example (?<number>\\d+): \\S")]
    private static partial Regex ExampleTitle();

    /// <summary>A section of the second level with those below it.</summary>
    private sealed class Part
    {
        internal Part(IReadOnlyList<MarkdownSection> sections, string heading)
        {
            int index = sections.Select((section, i) => (section, i)).First(pair => pair.section.Level == 2 && pair.section.Heading == heading).i;
            Own = sections[index];
            Children = [.. sections.Skip(index + 1).TakeWhile(section => section.Level > 2)];
            EndLine = Children.Count > 0 ? Children[^1].EndLine : Own.EndLine;
        }

        internal MarkdownSection Own { get; }

        internal IReadOnlyList<MarkdownSection> Children { get; }

        internal int EndLine { get; }
    }
}
