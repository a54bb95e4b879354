using System.Buffers;
using System.Text;

namespace MlflowRollout.Engine.Requests;

/// <summary>Writes text as a JSON string.</summary>
internal static class JsonText
{
    // Printable ASCII without the quote and the backslash: copied as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Appends a JSON string with its quotes.</summary>
    /// <returns>False, with nothing usable written, when the text has half a surrogate pair, which no encoding can hold.</returns>
    public static bool TryWrite(Utf8Buffer output, ReadOnlySpan<char> text)
    {
        int plain = text.IndexOfAnyExcept(Plain);
        if (plain < 0)
        {
            Span<byte> whole = output.GetSpan(text.Length + 2);
            whole[0] = (byte)'"';
            Encoding.UTF8.GetBytes(text, whole[1..]);
            whole[text.Length + 1] = (byte)'"';
            output.Advance(text.Length + 2);
            return true;
        }

        // Six bytes are the most that one UTF-16 unit can become.
        Span<byte> target = output.GetSpan(checked((text.Length * 6) + 2));
        int at = 0;
        target[at++] = (byte)'"';
        at += Encoding.UTF8.GetBytes(text[..plain], target[at..]);
        text = text[plain..];
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) != OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
            int value = rune.Value;
            if (value is '"' or '\\')
            {
                target[at++] = (byte)'\\';
                target[at++] = (byte)value;
            }
            else if (value < ' ')
            {
                "\\u00"u8.CopyTo(target[at..]);
                target[at + 4] = Hex(value >> 4);
                target[at + 5] = Hex(value & 15);
                at += 6;
            }
            else
            {
                at += rune.EncodeToUtf8(target[at..]);
            }
        }

        target[at++] = (byte)'"';
        output.Advance(at);
        return true;
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
