namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>The help source of a cmdlet.</summary>
internal sealed record CmdletDocument
{
    /// <summary>The text it was read from.</summary>
    internal required SourceText Source { get; init; }

    /// <summary>Name of the cmdlet.</summary>
    internal required string Name { get; init; }

    /// <summary>One sentence.</summary>
    internal required string Synopsis { get; init; }

    /// <summary>The SYNTAX section, which is generated.</summary>
    internal required MarkdownSection Syntax { get; init; }

    /// <summary>Last line of what is generated below SYNTAX.</summary>
    internal required int SyntaxEndLine { get; init; }

    /// <summary>What it does and why.</summary>
    internal required IReadOnlyList<MarkdownBlock> Description { get; init; }

    /// <summary>Examples in order.</summary>
    internal required IReadOnlyList<ExampleDocument> Examples { get; init; }

    /// <summary>Parameters in order.</summary>
    internal required IReadOnlyList<ParameterDocument> Parameters { get; init; }

    /// <summary>Line of the PARAMETERS heading.</summary>
    internal required int ParametersLine { get; init; }

    /// <summary>What can be piped in.</summary>
    internal required IReadOnlyList<TypeDocument> Inputs { get; init; }

    /// <summary>Line of the INPUTS heading.</summary>
    internal required int InputsLine { get; init; }

    /// <summary>What comes out.</summary>
    internal required IReadOnlyList<TypeDocument> Outputs { get; init; }

    /// <summary>Line of the OUTPUTS heading.</summary>
    internal required int OutputsLine { get; init; }

    /// <summary>Notes; may be empty.</summary>
    internal required IReadOnlyList<MarkdownBlock> Notes { get; init; }

    /// <summary>Text and target of each link.</summary>
    internal required IReadOnlyList<(string Text, string Target)> Links { get; init; }

    /// <summary>Line of the RELATED LINKS heading.</summary>
    internal required int LinksLine { get; init; }
}
