using System.Text.Json;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>
/// Reads the tabular forms of <c>input_data</c> into column memory: split orient, rows by position, arrays by column name. One pass over the
/// JSON; only where <c>data</c> stands before <c>columns</c> is it looked at twice.
/// </summary>
internal sealed class ColumnRows(ColumnLayout layout, CellBuffer[] buffers) : IInputReader
{
    private readonly int[] _identity = [.. Enumerable.Range(0, layout.Columns.Length)];
    private readonly bool[] _present = new bool[layout.Columns.Length];
    private int[] _map = new int[layout.Columns.Length];
    private int _capacity;

    public int Rows { get; private set; }

    public void Reset()
    {
        Rows = 0;
        foreach (var buffer in buffers)
        {
            buffer.Reset();
        }
    }

    public void Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                ReadRows(ref reader, _identity, layout.Columns.Length);
                break;
            default:
                throw new InputException("'input_data' must be an object with 'columns', 'index' and 'data', an array of rows, or an object of arrays by column name.");
        }
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        var width = -1;
        var indexLength = -1;
        Utf8JsonReader dataAt = default;
        var dataWaits = false;
        var dataRead = false;
        var named = false;
        _present.AsSpan().Clear();

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!named && reader.ValueTextEquals("columns"u8) && !HasColumn("columns"))
            {
                reader.Read();
                width = ReadColumns(ref reader);
            }
            else if (!named && reader.ValueTextEquals("index"u8) && !HasColumn("index"))
            {
                reader.Read();
                indexLength = CountItems(ref reader);
            }
            else if (!named && reader.ValueTextEquals("data"u8) && !HasColumn("data"))
            {
                reader.Read();
                if (width >= 0)
                {
                    ReadRows(ref reader, _map, width);
                    dataRead = true;
                }
                else
                {
                    dataAt = reader;
                    dataWaits = true;
                    reader.Skip();
                }
            }
            else
            {
                if (width >= 0 || indexLength >= 0 || dataWaits || dataRead)
                {
                    throw new InputException($"'input_data' mixes 'columns', 'index', 'data' with the key '{reader.GetString()}'.");
                }

                named = true;
                ReadNamed(ref reader);
            }
        }

        if (named)
        {
            FinishNamed();
            return;
        }

        if (dataWaits && !dataRead)
        {
            if (width < 0)
            {
                throw Missing([]);
            }

            ReadRows(ref dataAt, _map, width);
            dataRead = true;
        }

        if (!dataRead)
        {
            throw new InputException(width >= 0 ? "'input_data' has 'columns' but no 'data'." : "'input_data' is empty.");
        }

        if (indexLength >= 0 && indexLength != Rows)
        {
            throw new InputException($"'index' has {indexLength} entries and 'data' has {Rows} rows.");
        }
    }

    private bool HasColumn(string name) => layout.IndexOf(name) >= 0;

    private int ReadColumns(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InputException("'columns' must be an array of column names.");
        }

        var columns = layout.Columns;
        _present.AsSpan().Clear();
        List<string>? extra = null;
        var width = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            {
                throw new InputException($"Entry {width} of 'columns' is not a column name.");
            }

            if (width == _map.Length)
            {
                Array.Resize(ref _map, Math.Max(8, width * 2));
            }

            int index;
            if (width < columns.Length && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(columns[width].Utf8Name))
            {
                index = width;
            }
            else
            {
                var name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
                index = layout.IndexOf(name);
                if (index < 0)
                {
                    (extra ??= []).Add(name);
                }
            }

            if (index >= 0)
            {
                if (_present[index])
                {
                    throw new InputException($"Column '{columns[index].Name}' is in 'columns' twice.");
                }

                _present[index] = true;
            }

            _map[width++] = index;
        }

        RequirePresent(extra);
        return width;
    }

    private void ReadRows(ref Utf8JsonReader reader, int[] map, int width)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InputException("The rows must be an array of arrays.");
        }

        if (ReferenceEquals(map, _identity))
        {
            _present.AsSpan().Fill(true);
        }

        Rows = 0;
        var columns = layout.Columns;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            EnsureRow(Rows);
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                var cell = 0;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (cell >= width)
                    {
                        throw Ragged(ref reader, width, cell + 1);
                    }

                    var column = map[cell++];
                    if (column < 0)
                    {
                        reader.Skip();
                        continue;
                    }

                    Write(ref reader, columns[column], Rows);
                }

                if (cell != width)
                {
                    throw new InputException($"Row {Rows} has {cell} values; {width} columns are named.");
                }
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                throw new InputException("A list of records is not supported by no-code deployments. Send 'columns', 'index' and 'data'.");
            }
            else if (width == 1 && map[0] >= 0)
            {
                Write(ref reader, columns[map[0]], Rows);
            }
            else
            {
                throw new InputException($"Row {Rows} is a single value; the model takes {width} columns.");
            }

            FillMissing(Rows);
            Rows++;
        }
    }

    private void ReadNamed(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        var index = layout.IndexOf(name);
        reader.Read();
        if (index < 0)
        {
            reader.Skip();
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InputException($"The value of '{name}' must be an array.");
        }

        var column = layout.Columns[index];
        var row = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            EnsureRow(row);
            var nested = reader.TokenType == JsonTokenType.StartArray;
            if (nested)
            {
                reader.Read();
            }

            Write(ref reader, column, row);
            if (nested && (!reader.Read() || reader.TokenType != JsonTokenType.EndArray))
            {
                throw new InputException($"Row {row} of '{name}' must hold one value.");
            }

            row++;
        }

        var first = !_present.AsSpan().Contains(true);
        if (!first && row != Rows)
        {
            throw new InputException($"Column '{name}' has {row} values, the columns before it have {Rows}. All must have the same length.");
        }

        Rows = row;
        _present[index] = true;
    }

    private void FinishNamed()
    {
        RequirePresent(null);
        for (var row = 0; row < Rows; row++)
        {
            FillMissing(row);
        }
    }

    private void Write(ref Utf8JsonReader reader, InputColumn column, int row)
    {
        if (!buffers[column.Buffer].TryWrite(ref reader, (row * column.Stride) + column.Offset, column.Type))
        {
            throw InputException.Schema(
                $"Incompatible input types for column {column.Name}. Can not safely convert {Describe(ref reader)} to {column.TypeName} (row {row}).");
        }
    }

    private void FillMissing(int row)
    {
        if (!_present.AsSpan().Contains(false))
        {
            return;
        }

        for (var i = 0; i < _present.Length; i++)
        {
            var column = layout.Columns[i];
            if (!_present[i] && !buffers[column.Buffer].TryWriteMissing((row * column.Stride) + column.Offset))
            {
                throw InputException.Schema($"The optional column {column.Name} is missing, and the model has no missing value of type {column.TypeName}.");
            }
        }
    }

    private void RequirePresent(List<string>? extra)
    {
        for (var i = 0; i < _present.Length; i++)
        {
            if (!_present[i] && layout.Columns[i].Required)
            {
                throw Missing(extra ?? []);
            }
        }
    }

    private InputException Missing(List<string> extra)
    {
        var missing = layout.Columns.Where((c, i) => !_present[i] && c.Required).Select(c => $"'{c.Name}'");
        var note = extra.Count == 0 ? string.Empty : $" Note that there were extra inputs: [{string.Join(", ", extra.Select(e => $"'{e}'"))}].";
        return InputException.Schema($"Model is missing inputs [{string.Join(", ", missing)}].{note}");
    }

    private InputException Ragged(ref Utf8JsonReader reader, int width, int cells)
    {
        reader.Skip();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            cells++;
            reader.Skip();
        }

        return new InputException($"Row {Rows} has {cells} values; {width} columns are named.");
    }

    private void EnsureRow(int row)
    {
        if (row < _capacity)
        {
            return;
        }

        _capacity = Math.Max(8, _capacity * 2);
        var strides = new int[buffers.Length];
        foreach (var column in layout.Columns)
        {
            strides[column.Buffer] = column.Stride;
        }

        for (var i = 0; i < buffers.Length; i++)
        {
            buffers[i].EnsureCapacity(checked(_capacity * strides[i]));
        }
    }

    private static int CountItems(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InputException("'index' must be an array with one entry a row.");
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => "string",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        JsonTokenType.Null => "null",
        JsonTokenType.Number => reader.TryGetInt64(out _) ? "long" : "double",
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
        _ => reader.TokenType.ToString(),
    };
}
