using System.Text;
using MlflowRollout.Shell.Hosting;

namespace MlflowRollout.Shell.Prompt;

/// <summary>Reads a line from a terminal key by key: moving, deleting, history, completion. It redraws the whole line after each change.</summary>
internal sealed class LineEditor(ITerminal terminal, Func<string, string>? display = null, LineHistory? history = null, LineCompletion? completion = null)
{
    private readonly StringBuilder _text = new();
    private string _prompt = string.Empty;
    private int _promptWidth;
    private int _cursor;
    private int _cursorRow;

    /// <summary>Shows a star for each character.</summary>
    public static string Mask(string text) => new('*', text.Length);

    /// <summary>Reads a line; null when Ctrl-C ended it, or Ctrl-D on an empty one where <paramref name="endOfInput"/> was given.</summary>
    /// <param name="prompt">What stands before the line.</param>
    /// <param name="shown">Whether the prompt is on the terminal already.</param>
    /// <param name="endOfInput">Called when Ctrl-D ends the input.</param>
    public string? ReadLine(string prompt, bool shown = false, Action? endOfInput = null)
    {
        _text.Clear();
        _cursor = 0;
        _prompt = prompt[(prompt.LastIndexOf('\n') + 1)..];
        _promptWidth = TextWidth.OfStyled(_prompt);
        _cursorRow = _promptWidth / Math.Max(2, terminal.Width);
        if (!shown)
        {
            terminal.Write(prompt);
        }

        history?.Rewind();
        while (true)
        {
            ConsoleKeyInfo key = terminal.ReadKey();
            if (key.Key != ConsoleKey.Tab)
            {
                completion?.Accept();
            }

            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    return Leave(_text.ToString());
                case { Modifiers: ConsoleModifiers.Control, Key: ConsoleKey.C }:
                    terminal.Write("^C");
                    return Leave(null);
                case { Modifiers: ConsoleModifiers.Control, Key: ConsoleKey.D } when _text.Length == 0 && endOfInput is not null:
                    endOfInput();
                    return Leave(null);
                default:
                    Edit(key);
                    break;
            }
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                MoveTo(control ? WordStart() : _cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                MoveTo(control ? WordEnd() : _cursor + 1);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                MoveTo(0);
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                MoveTo(_text.Length);
                break;
            case ConsoleKey.Backspace when control:
            case ConsoleKey.W when control:
                Delete(WordStart(), _cursor);
                break;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when control:
                Delete(_cursor - 1, _cursor);
                break;
            case ConsoleKey.Delete:
            case ConsoleKey.D when control:
                Delete(_cursor, _cursor + 1);
                break;
            case ConsoleKey.U when control:
                Delete(0, _cursor);
                break;
            case ConsoleKey.K when control:
                Delete(_cursor, _text.Length);
                break;
            case ConsoleKey.Escape:
                Replace(string.Empty, 0);
                break;
            case ConsoleKey.L when control:
                terminal.Write("\e[2J\e[H");
                _cursorRow = 0;
                Redraw();
                break;
            case ConsoleKey.UpArrow when history is not null:
                Recall(history.Older(_text.ToString()));
                break;
            case ConsoleKey.DownArrow when history is not null:
                Recall(history.Newer());
                break;
            case ConsoleKey.Tab when completion is not null:
                if (completion.Next(_text.ToString(), _cursor, backwards: key.Modifiers.HasFlag(ConsoleModifiers.Shift)) is (string text, int cursor))
                {
                    Replace(text, cursor);
                }

                break;
            default:
                if (!char.IsControl(key.KeyChar) && key.KeyChar != '\0')
                {
                    Insert(key.KeyChar);
                }

                break;
        }
    }

    private void Insert(char character)
    {
        _text.Insert(_cursor, character);
        _cursor++;
        Redraw();
    }

    private void Delete(int start, int end)
    {
        start = Math.Max(0, start);
        end = Math.Min(_text.Length, end);
        if (start < end)
        {
            _text.Remove(start, end - start);
            _cursor = start;
            Redraw();
        }
    }

    private void MoveTo(int position)
    {
        _cursor = Math.Clamp(position, 0, _text.Length);
        Redraw();
    }

    private void Replace(string text, int cursor)
    {
        _text.Clear().Append(text);
        _cursor = cursor;
        Redraw();
    }

    private void Recall(string? text)
    {
        if (text is not null)
        {
            Replace(text, text.Length);
        }
    }

    private int WordStart()
    {
        int position = _cursor;
        while (position > 0 && !char.IsLetterOrDigit(_text[position - 1]))
        {
            position--;
        }

        while (position > 0 && char.IsLetterOrDigit(_text[position - 1]))
        {
            position--;
        }

        return position;
    }

    private int WordEnd()
    {
        int position = _cursor;
        while (position < _text.Length && char.IsLetterOrDigit(_text[position]))
        {
            position++;
        }

        while (position < _text.Length && !char.IsLetterOrDigit(_text[position]))
        {
            position++;
        }

        return position;
    }

    private string? Leave(string? line)
    {
        _cursor = _text.Length;
        if (line is not null)
        {
            Redraw();
        }

        terminal.Write("\r\n");
        return line;
    }

    private void Redraw()
    {
        string shown = display is null ? _text.ToString() : display(_text.ToString());
        int width = Math.Max(2, terminal.Width);
        (int row, int column) = TextWidth.Position(shown, _cursor, _promptWidth, width);
        (int endRow, int endColumn) = TextWidth.Position(shown, shown.Length, _promptWidth, width);
        StringBuilder output = new();
        output.Append(Ansi.Up(_cursorRow)).Append('\r').Append(Ansi.ClearToEnd).Append(_prompt);
        output.Append(shown.Replace("\n", "\r\n", StringComparison.Ordinal));
        if (endColumn == 0 && endRow > 0 && !shown.EndsWith('\n'))
        {
            // A terminal wraps a full line only when the next character comes.
            output.Append("\r\n");
        }

        output.Append(Ansi.Up(endRow - row)).Append('\r').Append(Ansi.Right(column));
        terminal.Write(output.ToString());
        _cursorRow = row;
    }
}
