using System.Text;
using System.Text.RegularExpressions;

namespace MlflowRollout.Shell.Prompt;

/// <summary>How much room text takes on a terminal.</summary>
internal static partial class TextWidth
{
    /// <summary>The columns of one line that may hold control sequences.</summary>
    public static int OfStyled(string text) => ControlSequence().Replace(text, string.Empty).EnumerateRunes().Sum(Of);

    /// <summary>Where the cursor stands before the character at <paramref name="index"/> of a text that wraps.</summary>
    /// <param name="text">The text; it may hold several lines.</param>
    /// <param name="index">The character.</param>
    /// <param name="start">The column where the text begins.</param>
    /// <param name="width">The columns of the terminal.</param>
    public static (int Row, int Column) Position(string text, int index, int start, int width)
    {
        int row = start / width;
        int column = start % width;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (at >= index)
            {
                break;
            }

            at += rune.Utf16SequenceLength;
            if (rune.Value == '\n')
            {
                row++;
                column = 0;
                continue;
            }

            int columns = Of(rune);
            if (column + columns > width)
            {
                row++;
                column = 0;
            }

            column += columns;
            if (column == width)
            {
                row++;
                column = 0;
            }
        }

        return (row, column);
    }

    // Wide characters of East Asian scripts and emoji take two columns, combining marks none.
    private static int Of(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        >= 0x300 and <= 0x36F or 0x200B or 0x200D or (>= 0xFE00 and <= 0xFE0F) => 0,
        >= 0x1100 and <= 0x115F or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF)
            or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a]*\a")]
    private static partial Regex ControlSequence();
}
