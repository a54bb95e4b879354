namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>A heading with what stands below it, up to the next heading.</summary>
/// <param name="Level">Number of hash signs.</param>
/// <param name="Heading">Text of the heading.</param>
/// <param name="Line">Line of the heading, from 1.</param>
/// <param name="EndLine">Last line before the next heading.</param>
/// <param name="Blocks">What stands below it.</param>
internal sealed record MarkdownSection(int Level, string Heading, int Line, int EndLine, IReadOnlyList<MarkdownBlock> Blocks);
