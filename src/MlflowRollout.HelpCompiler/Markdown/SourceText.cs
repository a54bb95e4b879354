using System.Text.RegularExpressions;

namespace MlflowRollout.HelpCompiler.Markdown;

/// <summary>The lines of a source file. Comments are blanked, so that line numbers stay.</summary>
internal sealed partial class SourceText
{
    private SourceText(string file, string[] lines, string[] visible) => (File, Lines, Visible) = (file, lines, visible);

    /// <summary>The file.</summary>
    internal string File { get; }

    /// <summary>Lines as they are.</summary>
    internal IReadOnlyList<string> Lines { get; }

    /// <summary>Lines without comments.</summary>
    internal IReadOnlyList<string> Visible { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Path.</param>
    internal static SourceText Read(string file) => Parse(file, System.IO.File.ReadAllText(file));

    /// <summary>Takes a text.</summary>
    /// <param name="file">Name for messages.</param>
    /// <param name="text">The text.</param>
    internal static SourceText Parse(string file, string text)
    {
        string normal = text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimStart('\uFEFF');
        string blanked = Comment().Replace(normal, match => new string('\n', match.Value.Count(character => character == '\n')));
        return new SourceText(file, normal.Split('\n'), blanked.Split('\n'));
    }

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
