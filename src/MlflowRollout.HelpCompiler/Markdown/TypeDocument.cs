namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>The text about a type that goes in or comes out.</summary>
/// <param name="TypeName">Full name, or <c>None</c>.</param>
/// <param name="Line">Line of its heading.</param>
/// <param name="Description">What it says.</param>
internal sealed record TypeDocument(string TypeName, int Line, IReadOnlyList<MarkdownBlock> Description);
