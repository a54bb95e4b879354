using System.Buffers;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlflowRollout.Shell.Prompt;

/// <summary>
/// Completes names of files and folders. The engine leaves that to cmdlets of a module that the shell lacks, so this steps in where the
/// engine offers nothing.
/// </summary>
internal static class PathCompletion
{
    private const int Most = 200;
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" '\"$`;&|(){}[]");

    /// <summary>Completes the word that ends at the cursor as a path.</summary>
    /// <param name="line">The line.</param>
    /// <param name="cursor">The cursor.</param>
    /// <param name="folder">The folder that relative paths start from.</param>
    public static CommandCompletion Complete(string line, int cursor, string folder)
    {
        int start = StartOfWord(line, cursor);
        string word = line[start..cursor].Trim('\'', '"');
        int name = word.LastIndexOfAny(['/', '\\']) + 1;
        string typed = word[..name];
        string parent = typed.StartsWith('~')
            ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), typed[1..])
            : Path.Combine(folder, typed);
        return new CommandCompletion(Matches(parent, typed, word[name..]), -1, start, cursor - start);
    }

    private static Collection<CompletionResult> Matches(string parent, string typed, string beginning)
    {
        Collection<CompletionResult> matches = [];
        try
        {
            EnumerationOptions options = new() { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = beginning.StartsWith('.') ? 0 : FileAttributes.Hidden };
            foreach (string entry in Directory.EnumerateFileSystemEntries(parent, beginning + "*", options).Order(StringComparer.OrdinalIgnoreCase).Take(Most))
            {
                string path = typed + Path.GetFileName(entry);
                string text = path.AsSpan().ContainsAny(NeedQuotes) ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(path)}'" : path;
                matches.Add(new CompletionResult(text, path, Directory.Exists(entry) ? CompletionResultType.ProviderContainer : CompletionResultType.ProviderItem, entry));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A completion that cannot be made is none.
        }

        return matches;
    }

    private static int StartOfWord(string line, int cursor)
    {
        // The last quote that is open at the cursor, else the last blank.
        char quote = '\0';
        int start = 0;
        for (int i = 0; i < cursor; i++)
        {
            char character = line[i];
            if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
                start = i;
            }
            else if (character is ' ' or '\t' or '\n' or '(' or '{' or ';' or '|' or ',' or '=' or '&')
            {
                start = i + 1;
            }
        }

        return start;
    }
}
