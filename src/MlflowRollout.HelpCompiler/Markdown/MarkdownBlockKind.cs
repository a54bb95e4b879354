namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>Kinds of blocks.</summary>
internal enum MarkdownBlockKind
{
    /// <summary>A paragraph.</summary>
    Text,

    /// <summary>An item of a list.</summary>
    Bullet,

    /// <summary>A fenced block.</summary>
    Code,

    /// <summary>A row of a table; the first one holds the headings.</summary>
    TableRow,
}
