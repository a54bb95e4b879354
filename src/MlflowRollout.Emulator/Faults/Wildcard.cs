namespace MlflowRollout.Emulator.Faults;

/// <summary>Patterns with <c>*</c> for any text, without regard to case.</summary>
internal static class Wildcard
{
    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        int at = 0;
        int mark = -1;
        int markText = 0;
        int position = 0;
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                mark = at++;
                markText = position;
            }
            else if (at < pattern.Length && char.ToLowerInvariant(pattern[at]) == char.ToLowerInvariant(text[position]))
            {
                at++;
                position++;
            }
            else if (mark >= 0)
            {
                at = mark + 1;
                position = ++markText;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*')
        {
            at++;
        }

        return at == pattern.Length;
    }
}
