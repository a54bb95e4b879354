namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>A block of text.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Line">First line, from 1.</param>
/// <param name="EndLine">Last line.</param>
/// <param name="Text">Text: one line for paragraphs, items and rows, as it is for code.</param>
/// <param name="Info">Words behind the opening fence; empty for others.</param>
internal sealed record MarkdownBlock(MarkdownBlockKind Kind, int Line, int EndLine, string Text, string Info = "")
{
    /// <summary>The cells of a row.</summary>
    internal IReadOnlyList<string> Cells =>
        [.. Text.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
