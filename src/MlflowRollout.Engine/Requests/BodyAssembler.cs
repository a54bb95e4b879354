using MlflowRollout.Services;

namespace MlflowRollout.Engine.Requests;

/// <summary>Puts converted rows together to a request body.</summary>
internal static class BodyAssembler
{
    /// <summary>Appends the body for some rows.</summary>
    /// <param name="body">Where to.</param>
    /// <param name="converter">What wrote the rows.</param>
    /// <param name="omitted">Columns left out.</param>
    /// <param name="cells">Text of the rows, cell after cell; between rows of a table or of an unnamed tensor there may be a comma.</param>
    /// <param name="ends">Where each cell ends in <paramref name="cells"/>.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="start">Where the first row begins in <paramref name="cells"/>.</param>
    /// <param name="rows">Rows whose index goes into the body; null for 0, 1, 2 …</param>
    public static void Write(
        Utf8Buffer body, RowConverter converter, bool[]? omitted, ReadOnlySpan<byte> cells, ReadOnlySpan<int> ends, int count, int start, IReadOnlyList<MlRow>? rows)
    {
        if (converter.IsNamedTensor)
        {
            WriteNamed(body, converter, cells, ends, count, start);
            return;
        }

        if (rows is null || converter.Signature.IsTensor)
        {
            converter.WritePrefix(body, omitted);
            WriteRows(body, cells, ends, count, start);
            converter.WriteSuffix(body, count);
            return;
        }

        body.Append("{\"input_data\":{"u8);
        converter.WriteColumns(body, omitted);
        body.Append(",\"index\":["u8);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                body.Append((byte)',');
            }

            CellWriter.WriteWhole(body, rows[i].Index);
        }

        body.Append("],\"data\":["u8);
        WriteRows(body, cells, ends, count, start);
        body.Append("]}"u8);
        converter.WriteEnd(body);
    }

    private static void WriteRows(Utf8Buffer body, ReadOnlySpan<byte> cells, ReadOnlySpan<int> ends, int count, int start)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = cells[start..ends[i]];
            if (i > 0)
            {
                body.Append((byte)',');
            }

            body.Append(row.Length > 0 && row[0] == (byte)',' ? row[1..] : row);
            start = ends[i];
        }
    }

    private static void WriteNamed(Utf8Buffer body, RowConverter converter, ReadOnlySpan<byte> cells, ReadOnlySpan<int> ends, int count, int start)
    {
        converter.WritePrefix(body, null);
        int columns = converter.CellsPerRow;
        for (int column = 0; column < columns; column++)
        {
            if (column > 0)
            {
                body.Append((byte)',');
            }

            JsonText.TryWrite(body, converter.Signature.Inputs[column].Name);
            body.Append(":["u8);
            for (int row = 0; row < count; row++)
            {
                if (row > 0)
                {
                    body.Append((byte)',');
                }

                int cell = (row * columns) + column;
                body.Append(cells[(cell == 0 ? start : ends[cell - 1])..ends[cell]]);
            }

            body.Append((byte)']');
        }

        converter.WriteSuffix(body, count);
    }
}
