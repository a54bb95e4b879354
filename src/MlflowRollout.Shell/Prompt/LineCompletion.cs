using System.Management.Automation;

namespace MlflowRollout.Shell.Prompt;

/// <summary>Steps through the engine's completions of a line, as Tab does in PowerShell on Windows.</summary>
internal sealed class LineCompletion(Func<string, int, CommandCompletion> complete)
{
    private CommandCompletion? _matches;
    private string _line = string.Empty;

    /// <summary>The next match, or the one before; null where there is none.</summary>
    public (string Text, int Cursor)? Next(string line, int cursor, bool backwards)
    {
        if (_matches is null)
        {
            _line = line;
            _matches = complete(line, cursor);
        }

        if (_matches.CompletionMatches.Count == 0)
        {
            _matches = null;
            return null;
        }

        string match = _matches.GetNextResult(forward: !backwards).CompletionText;
        string before = _line[.._matches.ReplacementIndex];
        string after = _line[(_matches.ReplacementIndex + _matches.ReplacementLength)..];
        return (before + match + after, before.Length + match.Length);
    }

    /// <summary>Takes the match that is shown; the next Tab completes anew.</summary>
    public void Accept() => _matches = null;
}
