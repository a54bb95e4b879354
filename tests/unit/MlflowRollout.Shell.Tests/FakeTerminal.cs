using System.Text;
using MlflowRollout.Shell.Hosting;

namespace MlflowRollout.Shell.Tests;

/// <summary>A terminal that keeps a screen: it understands the control sequences that the host writes.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private readonly Queue<ConsoleKeyInfo> _keys = new();
    private readonly Queue<string> _lines = new();
    private readonly List<StringBuilder> _screen = [new()];
    private int _row;
    private int _column;

    public bool OutputIsTerminal { get; init; } = true;

    public bool ErrorIsTerminal => OutputIsTerminal;

    public bool InputIsTerminal { get; init; } = true;

    public int Width { get; init; } = 80;

    public int Height { get; init; } = 24;

    /// <summary>Everything written, as it came.</summary>
    public StringBuilder Raw { get; } = new();

    /// <summary>What went to the error output.</summary>
    public StringBuilder Errors { get; } = new();

    /// <summary>What a person sees, without blanks at the ends.</summary>
    public string Screen => string.Join('\n', _screen.Select(static line => line.ToString().TrimEnd())).TrimEnd();

    /// <summary>How many characters a line holds at most.</summary>
    public int WidestLine => _screen.Max(static line => line.ToString().TrimEnd().Length);

    public (int Row, int Column) Cursor => (_row, _column);

    public FakeTerminal Type(string text)
    {
        foreach (char character in text)
        {
            _keys.Enqueue(new ConsoleKeyInfo(character, character == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));
        }

        return this;
    }

    public FakeTerminal Press(ConsoleKey key, ConsoleModifiers modifiers = 0)
    {
        _keys.Enqueue(new ConsoleKeyInfo('\0', key, modifiers.HasFlag(ConsoleModifiers.Shift), modifiers.HasFlag(ConsoleModifiers.Alt), modifiers.HasFlag(ConsoleModifiers.Control)));
        return this;
    }

    public FakeTerminal Line(string line)
    {
        _lines.Enqueue(line);
        return this;
    }

    public string? ReadLine() => _lines.TryDequeue(out string? line) ? line : null;

    public ConsoleKeyInfo ReadKey() => _keys.Dequeue();

    public void WriteError(string text) => Errors.Append(text);

    public void Write(string text)
    {
        Raw.Append(text);
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\r':
                    _column = 0;
                    break;
                case '\n':
                    MoveTo(_row + 1, 0);
                    break;
                case '\e':
                    i = Control(text, i);
                    break;
                default:
                    Put(text[i]);
                    break;
            }
        }
    }

    private int Control(string text, int start)
    {
        int end = start + 2;
        while (!char.IsLetter(text[end]))
        {
            end++;
        }

        string argument = text[(start + 2)..end];
        int count = int.TryParse(argument, out int given) ? given : 1;
        switch (text[end])
        {
            case 'A':
                _row = Math.Max(0, _row - count);
                break;
            case 'B':
                MoveTo(_row + count, _column);
                break;
            case 'C':
                _column = Math.Min(Width - 1, _column + count);
                break;
            case 'J' when argument.Length == 0:
                _screen[_row].Length = Math.Min(_screen[_row].Length, _column);
                _screen.RemoveRange(_row + 1, _screen.Count - _row - 1);
                break;
        }

        return end;
    }

    private void Put(char character)
    {
        // As real terminals do: the wrap comes with the character after the last column.
        if (_column == Width)
        {
            MoveTo(_row + 1, 0);
        }

        StringBuilder line = _screen[_row];
        while (line.Length <= _column)
        {
            line.Append(' ');
        }

        line[_column++] = character;
    }

    private void MoveTo(int row, int column)
    {
        while (_screen.Count <= row)
        {
            _screen.Add(new StringBuilder());
        }

        (_row, _column) = (row, column);
    }
}
