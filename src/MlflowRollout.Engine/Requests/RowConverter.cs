using System.Globalization;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Requests;

/// <summary>
/// Writes rows as JSON by a signature, and the text around them. Rows of a table are written one after the other as <c>[cell,cell]</c>; named tensors are
/// kept by cell, since the service wants them by name (<see cref="CellsPerRow"/>).
/// </summary>
internal sealed class RowConverter
{
    private readonly MlColumn[] _columns;
    private readonly byte[] _allColumns;
    private readonly byte[] _end;

    /// <summary>Makes a converter; the signature must not change afterwards.</summary>
    /// <param name="signature">The model's signature.</param>
    /// <param name="parameters">Inference parameters for every body; null for none.</param>
    /// <exception cref="MlValidationException">A parameter does not fit.</exception>
    public RowConverter(MlModelSignature signature, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        Signature = signature;
        _end = parameters is { Count: > 0 } ? [.. ",\"params\":"u8, .. InferenceParameters.Write(signature, parameters), (byte)'}'] : [(byte)'}'];
        _columns = signature.Inputs;
        IsNamedTensor = signature.IsTensor && !IsUnnamed(signature);
        _allColumns = TablePrefix(null);
    }

    /// <summary>The signature.</summary>
    public MlModelSignature Signature { get; }

    /// <summary>True when each input is a tensor with a name.</summary>
    public bool IsNamedTensor { get; }

    /// <summary>Pieces that a row is kept in.</summary>
    public int CellsPerRow => IsNamedTensor ? _columns.Length : 1;

    /// <summary>True when the only input is a tensor without a name (its name is then its position).</summary>
    public static bool IsUnnamed(MlModelSignature signature) => signature.IsTensor && signature.Inputs is [{ Name: "0" or "" }];

    /// <summary>The optional columns that a row leaves out; null when it has all.</summary>
    public bool[]? Omitted(object?[] values)
    {
        bool[]? omitted = null;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (ReferenceEquals(values[i], MlRow.Missing) && !_columns[i].Required)
            {
                (omitted ??= new bool[_columns.Length])[i] = true;
            }
        }

        return omitted;
    }

    /// <summary>Whether a row has none of the columns left out.</summary>
    public static bool Fits(object?[] values, bool[]? omitted)
    {
        if (omitted is not null)
        {
            for (int i = 0; i < omitted.Length; i++)
            {
                if (omitted[i] && !ReferenceEquals(values[i], MlRow.Missing))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Appends one row; on a problem the buffer is as before.</summary>
    /// <param name="output">Buffer.</param>
    /// <param name="row">The row.</param>
    /// <param name="omitted">Columns to leave out.</param>
    /// <param name="cellEnds">Where each cell ends, for named tensors; else unused.</param>
    /// <returns>Null, or all that is wrong with the row.</returns>
    public string? Write(Utf8Buffer output, in MlRow row, bool[]? omitted, Span<int> cellEnds)
    {
        if (row.Values.Length != _columns.Length)
        {
            return WrongCount(row);
        }

        int start = output.Length;
        List<string>? problems = null;
        bool bracketed = !Signature.IsTensor;
        if (bracketed)
        {
            output.Append((byte)'[');
        }

        bool first = true;
        for (int i = 0; i < _columns.Length; i++)
        {
            MlColumn column = _columns[i];
            object? value = row.Values[i];
            if (omitted is not null && omitted[i])
            {
                continue;
            }

            if (!first && bracketed)
            {
                output.Append((byte)',');
            }

            first = false;
            if (WriteCell(output, column, value) is { } problem)
            {
                (problems ??= []).Add(Position(row.Index, column.Name) + problem);
            }

            if (IsNamedTensor)
            {
                cellEnds[i] = output.Length;
            }
        }

        if (problems is not null)
        {
            output.Truncate(start);
            return string.Join("; ", problems);
        }

        if (bracketed)
        {
            output.Append((byte)']');
        }

        return null;
    }

    /// <summary>Appends the body up to the first row.</summary>
    public void WritePrefix(Utf8Buffer output, bool[]? omitted)
    {
        if (Signature.IsTensor)
        {
            output.Append(IsNamedTensor ? "{\"input_data\":{"u8 : "{\"input_data\":["u8);
        }
        else
        {
            output.Append(omitted is null ? _allColumns : TablePrefix(omitted));
        }
    }

    /// <summary>Appends the body after the last row, with the index of the rows: 0, 1, 2 …</summary>
    public void WriteSuffix(Utf8Buffer output, int rows)
    {
        if (Signature.IsTensor)
        {
            output.Append(IsNamedTensor ? (byte)'}' : (byte)']');
            output.Append(_end);
            return;
        }

        output.Append("],\"index\":["u8);
        for (int i = 0; i < rows; i++)
        {
            if (i > 0)
            {
                output.Append((byte)',');
            }

            CellWriter.WriteWhole(output, i);
        }

        output.Append("]}"u8);
        output.Append(_end);
    }

    /// <summary>Appends what follows <c>input_data</c> to the end of the body.</summary>
    public void WriteEnd(Utf8Buffer output) => output.Append(_end);

    /// <summary>Where a cell is: rows counted from 1 as people do, with the index that results carry.</summary>
    public static string Position(long index, string column) =>
        string.Create(CultureInfo.InvariantCulture, $"row {index + 1} (index {index}), column '{column}': ");

    private static string? WriteCell(Utf8Buffer output, MlColumn column, object? value)
    {
        if (ReferenceEquals(value, MlRow.Missing))
        {
            if (column.Required)
            {
                return "the column is missing, and the model requires it";
            }

            output.Append("null"u8);
            return null;
        }

        // The first dimension of a tensor counts the rows.
        return column.Shape.Length > 1
            ? LooseWriter.WriteTensor(output, value, column.Type, column.Shape.AsSpan(1))
            : CellWriter.Write(output, value, column.Type);
    }

    private string WrongCount(in MlRow row) => string.Create(
        CultureInfo.InvariantCulture, $"row {row.Index + 1} (index {row.Index}): has {row.Values.Length} values where the model takes {_columns.Length}");

    private byte[] TablePrefix(bool[]? omitted)
    {
        using Utf8Buffer output = new(256);
        output.Append("{\"input_data\":{"u8);
        WriteColumns(output, omitted);
        output.Append(",\"data\":["u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Appends the names of the columns with their key.</summary>
    public void WriteColumns(Utf8Buffer output, bool[]? omitted)
    {
        output.Append("\"columns\":["u8);
        bool first = true;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (omitted is not null && omitted[i])
            {
                continue;
            }

            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            JsonText.TryWrite(output, _columns[i].Name);
        }

        output.Append((byte)']');
    }
}
