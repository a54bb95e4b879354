using System.Text;

namespace MlflowRollout.Shell.Commands;

/// <summary>Reads the records of a CSV file the way PowerShell does: lenient where a quote stands in the wrong place.</summary>
internal sealed class CsvReader(TextReader reader, char delimiter)
{
    private readonly StringBuilder _cell = new();

    /// <summary>The next record; empty for an empty line, null at the end.</summary>
    public List<string>? ReadRecord()
    {
        if (reader.Peek() < 0)
        {
            return null;
        }

        List<string> cells = [];
        while (true)
        {
            (string cell, bool quoted, End end) = ReadCell();

            // Nothing after the last delimiter of a line is a missing cell, not an empty one, where the file ends there too.
            if (end != End.File || quoted || cell.Length > 0)
            {
                cells.Add(cell);
            }

            if (end != End.Cell)
            {
                return cells;
            }
        }
    }

    /// <summary>Reads a <c>#TYPE</c> line where the file begins with one (or any other line that begins with <c>#</c>).</summary>
    public string? ReadType()
    {
        if (reader.Peek() != '#')
        {
            return null;
        }

        string line = reader.ReadLine()!;
        string? type = line.StartsWith("#TYPE", StringComparison.OrdinalIgnoreCase) ? line[5..].Trim() : null;
        return string.IsNullOrEmpty(type) ? null : type;
    }

    private enum End
    {
        Cell,
        Record,
        File,
    }

    private (string Cell, bool Quoted, End End) ReadCell()
    {
        _cell.Clear();
        int next = reader.Read();
        while (next is ' ' or '\t' && next != delimiter)
        {
            next = reader.Read();
        }

        if (next != '"')
        {
            End plainEnd = ReadPlain(next);
            TrimPlain();
            return (_cell.ToString(), false, plainEnd);
        }

        ReadQuoted();
        int quotedLength = _cell.Length;
        End end = ReadPlain(reader.Read());

        // Blanks between the closing quote and the delimiter do not count; anything else is kept as it is.
        if (IsBlank(quotedLength))
        {
            _cell.Length = quotedLength;
        }

        return (_cell.ToString(), true, end);
    }

    private void ReadQuoted()
    {
        for (int next = reader.Read(); next >= 0; next = reader.Read())
        {
            if (next != '"')
            {
                _cell.Append((char)next);
            }
            else if (reader.Peek() == '"')
            {
                _cell.Append((char)reader.Read());
            }
            else
            {
                return;
            }
        }
    }

    private End ReadPlain(int next)
    {
        for (; next >= 0; next = reader.Read())
        {
            if (next == delimiter)
            {
                return End.Cell;
            }

            if (next is '\r' or '\n')
            {
                if (next == '\r' && reader.Peek() == '\n')
                {
                    reader.Read();
                }

                return End.Record;
            }

            _cell.Append((char)next);
        }

        return End.File;
    }

    // Of blanks that end a plain cell the first one stays: so PowerShell reads them.
    private void TrimPlain()
    {
        for (int i = 0; i < _cell.Length && _cell[i] != '"'; i++)
        {
            if (_cell[i] is ' ' or '\t')
            {
                if (IsBlank(i + 1))
                {
                    _cell.Length = i + 1;
                }

                return;
            }
        }
    }

    private bool IsBlank(int start)
    {
        for (int i = start; i < _cell.Length; i++)
        {
            if (_cell[i] is not (' ' or '\t'))
            {
                return false;
            }
        }

        return true;
    }
}
