using System.Globalization;
using System.Text.Json;
using MlflowRollout.Testing;

namespace MlflowRollout.Examples.Tests;

/// <summary>Rows of text cells under column names.</summary>
internal sealed record PatientTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The committed synthetic rows.</summary>
    public static PatientTable ReadRows()
    {
        string[][] lines = [.. File.ReadLines(ExampleModels.Rows).Select(static line => line.Split(','))];
        return new PatientTable(lines[0], lines[1..]);
    }

    /// <summary>The rows of the committed request, whose shape is asserted by the reading of it.</summary>
    public static PatientTable ReadSampleRequest()
    {
        using JsonDocument request = JsonDocument.Parse(File.ReadAllText(ExampleModels.SampleRequest));
        JsonElement input = request.RootElement.GetProperty("input_data");
        return new PatientTable(
            [.. input.GetProperty("columns").EnumerateArray().Select(static name => name.GetString()!)],
            [.. input.GetProperty("data").EnumerateArray().Select(static row => (IReadOnlyList<string>)[.. row.EnumerateArray().Select(static cell => cell.ToString())])]);
    }

    /// <summary>The same rows with other cells in one column.</summary>
    public PatientTable With(string column, string value)
    {
        int index = Index(column);
        return this with { Rows = [.. Rows.Select(row => (IReadOnlyList<string>)[.. row.Select((cell, at) => at == index ? value : cell)])] };
    }

    /// <summary>The first rows.</summary>
    public PatientTable Take(int count) => this with { Rows = [.. Rows.Take(count)] };

    /// <summary>One row.</summary>
    public PatientTable Only(int row) => this with { Rows = [Rows[row]] };

    public IEnumerable<string> Cells(string column)
    {
        int index = Index(column);
        return Rows.Select(row => row[index]);
    }

    public IEnumerable<double> Numbers(string column) => Cells(column).Select(static cell => double.Parse(cell, CultureInfo.InvariantCulture));

    private int Index(string column) => Columns.ToList().IndexOf(column);
}
