using System.Text.RegularExpressions;
using MlflowRollout.Testing;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>
/// The PowerShell blocks of a document. Those fenced <c>powershell runnable</c> are executed in order, after those in comments that begin with <c>runnable setup</c>, which
/// readers do not see.
/// </summary>
public static partial class DocumentBlocks
{
    /// <summary>All documents, relative to the root of the repository.</summary>
    public static IEnumerable<string> Documents() =>
        new[] { "docs/en-US", "docs/guides" }
            .Select(folder => Path.Combine(RepositoryPaths.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md"))
            .Select(file => Path.GetRelativePath(RepositoryPaths.Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>What is executed, in order.</summary>
    /// <param name="document">Document.</param>
    public static IReadOnlyList<RunnableBlock> Runnable(string document) => Blocks(document, Executed());

    /// <summary>Everything that is PowerShell.</summary>
    /// <param name="document">Document.</param>
    public static IReadOnlyList<RunnableBlock> All(string document) => Blocks(document, PowerShell());

    /// <summary>The text of a document.</summary>
    /// <param name="document">Document.</param>
    public static string Text(string document) =>
        File.ReadAllText(Path.Combine(RepositoryPaths.Root, document)).Replace("\r\n", "\n", StringComparison.Ordinal);

    private static IReadOnlyList<RunnableBlock> Blocks(string document, Regex pattern)
    {
        string text = Text(document);
        return [.. pattern.Matches(text).Select(match => new RunnableBlock(text[..match.Index].Count(character => character == '\n') + 1, match.Groups["code"].Value))];
    }

    [GeneratedRegex("^(```powershell runnable[ ]*\n(?<code>.*?)\n```|<!-- runnable setup\n(?<code>.*?)\n-->)[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Executed();

    [GeneratedRegex("^(```powershell[^\n]*\n(?<code>.*?)\n```|<!-- runnable setup\n(?<code>.*?)\n-->)[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PowerShell();
}
