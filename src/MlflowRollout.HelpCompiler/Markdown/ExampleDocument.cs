namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>An example of a cmdlet.</summary>
/// <param name="Title">Title with its number.</param>
/// <param name="Line">Line of its heading.</param>
/// <param name="Code">Its commands.</param>
/// <param name="Remarks">What it says about them.</param>
internal sealed record ExampleDocument(string Title, int Line, IReadOnlyList<MarkdownBlock> Code, IReadOnlyList<MarkdownBlock> Remarks);
