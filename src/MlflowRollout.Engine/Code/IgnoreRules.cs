using System.Text;
using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Code;

/// <summary>
/// What an ignore file leaves out of an upload: <c>.amlignore</c>, else <c>.gitignore</c>, in the root of the folder, with git's patterns. The last pattern that
/// matches decides.
/// </summary>
internal sealed class IgnoreRules
{
    private static readonly string[] FileNames = [".amlignore", ".gitignore"];

    private readonly List<(Regex Rule, bool Ignores)> _rules = [];

    private IgnoreRules(string? fileName) => FileName = fileName;

    /// <summary>Nothing is left out.</summary>
    public static IgnoreRules None { get; } = new((string?)null);

    /// <summary>Name of the file; null where there is none.</summary>
    public string? FileName { get; }

    /// <summary>The rules of a folder.</summary>
    public static IgnoreRules Read(string folder)
    {
        string? name = FileNames.FirstOrDefault(name => File.Exists(Path.Combine(folder, name)));
        return name is null ? None : Parse(name, File.ReadAllLines(Path.Combine(folder, name)));
    }

    /// <summary>The rules of a file's lines.</summary>
    public static IgnoreRules Parse(string fileName, IEnumerable<string> lines)
    {
        IgnoreRules rules = new(fileName);
        foreach (string line in lines)
        {
            string pattern = line.EndsWith("\\ ", StringComparison.Ordinal) ? line : line.TrimEnd();
            if (pattern.Length == 0 || pattern[0] == '#' || pattern == "/")
            {
                continue;
            }

            bool ignores = pattern[0] != '!';
            pattern = ignores ? pattern : pattern[1..];
            if (pattern.StartsWith("\\#", StringComparison.Ordinal) || pattern.StartsWith("\\!", StringComparison.Ordinal))
            {
                pattern = pattern[1..];
            }

            if (pattern.Length > 0)
            {
                rules._rules.Add((new Regex(Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), ignores));
            }
        }

        return rules;
    }

    /// <summary>True where a file or folder is left out.</summary>
    /// <param name="relativePath">Path within the root, with forward slashes and none at the end.</param>
    public bool Excludes(string relativePath)
    {
        for (int index = _rules.Count - 1; index >= 0; index--)
        {
            if (_rules[index].Rule.IsMatch(relativePath))
            {
                return _rules[index].Ignores;
            }
        }

        return false;
    }

    /// <summary>True where all that a folder holds is left out, whatever it is, so that it need not be looked into.</summary>
    public bool ExcludesAllOf(string relativePath) => _rules.TrueForAll(rule => rule.Ignores) && Excludes(relativePath + "/");

    private static string Translate(string pattern)
    {
        List<string> segments = [.. pattern.Split('/')];
        if (segments[0].Length == 0)
        {
            segments.RemoveAt(0);
        }
        else if ((segments.Count == 1 || (segments.Count == 2 && segments[1].Length == 0)) && segments[0] != "**")
        {
            // Without a slash inside, a pattern holds in every folder.
            segments.Insert(0, "**");
        }

        if (segments.Count > 0 && segments[^1].Length == 0)
        {
            segments[^1] = "**";
        }

        StringBuilder regex = new("\\A");
        bool needsSlash = false;
        for (int index = 0; index < segments.Count; index++)
        {
            bool first = index == 0;
            bool last = index == segments.Count - 1;
            if (segments[index] == "**")
            {
                regex.Append(first && last ? ".+" : first ? "(?:.+/)?" : last ? "/.*" : "(?:/.+)?");
                needsSlash = !first && !last;
                continue;
            }

            if (needsSlash)
            {
                regex.Append('/');
            }

            AppendGlob(regex, segments[index]);
            if (last)
            {
                regex.Append("(?:/.*)?");
            }

            needsSlash = true;
        }

        return regex.Append("\\z").ToString();
    }

    private static void AppendGlob(StringBuilder regex, string glob)
    {
        if (glob == "*")
        {
            regex.Append("[^/]+");
            return;
        }

        for (int index = 0; index < glob.Length; index++)
        {
            char character = glob[index];
            switch (character)
            {
                case '\\' when index + 1 < glob.Length:
                    regex.Append(Regex.Escape(glob[++index].ToString()));
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when FindClassEnd(glob, index) is > 0 and var end:
                    AppendClass(regex, glob[(index + 1)..end]);
                    index = end;
                    break;
                default:
                    regex.Append(Regex.Escape(character.ToString()));
                    break;
            }
        }
    }

    // The bracket that ends a class; the first character may be a bracket itself.
    private static int FindClassEnd(string glob, int start)
    {
        int from = start + 1;
        if (from < glob.Length && glob[from] is '!' or '^')
        {
            from++;
        }

        return from + 1 < glob.Length ? glob.IndexOf(']', from + 1) : -1;
    }

    private static void AppendClass(StringBuilder regex, string content)
    {
        bool negated = content[0] is '!' or '^';
        regex.Append(negated ? "[^/" : "[");
        foreach (char character in negated ? content[1..] : content)
        {
            if (character is '\\' or '[' or ']' or '^')
            {
                regex.Append('\\');
            }

            regex.Append(character);
        }

        regex.Append(']');
    }
}
