namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>The text about a parameter.</summary>
/// <param name="Name">Name without dash.</param>
/// <param name="Line">Line of its heading.</param>
/// <param name="EndLine">Last line before the next heading.</param>
/// <param name="Description">What it says.</param>
/// <param name="Tables">Generated tables.</param>
internal sealed record ParameterDocument(
    string Name, int Line, int EndLine, IReadOnlyList<MarkdownBlock> Description, IReadOnlyList<MarkdownBlock> Tables)
{
    private const string DefaultKey = "Default value:";

    /// <summary>The one line of the table that is written by hand; null when there is no table yet.</summary>
    internal string? DefaultValue => Tables
        .SelectMany(table => table.Text.Split('\n'))
        .Where(line => line.StartsWith(DefaultKey, StringComparison.Ordinal))
        .Select(line => line[DefaultKey.Length..].Trim())
        .FirstOrDefault(value => value.Length > 0);
}
