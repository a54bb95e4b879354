using System.Text;
using System.Text.Json;
using MlflowRollout.Testing;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>A few of the example's rows, and the labels by which it shows which model version answered.</summary>
internal sealed class SampleRequest
{
    private const int Versions = 3;
    private const int RowsEach = 10;

    private readonly long[][] _labels;

    private SampleRequest(byte[] body, long[][] labels)
    {
        Body = body;
        _labels = labels;
    }

    /// <summary>Requests to which each version of the example model gives another answer.</summary>
    public static IReadOnlyList<SampleRequest> All { get; } = Read();

    public byte[] Body { get; }

    /// <summary>The version that gives this answer; 0 where none does.</summary>
    public int VersionOf(byte[] answer)
    {
        long[] labels = JsonSerializer.Deserialize<long[]>(answer)!;
        return Array.FindIndex(_labels, expected => expected.AsSpan().SequenceEqual(labels)) + 1;
    }

    private static List<SampleRequest> Read()
    {
        string[] lines = File.ReadAllLines(ExampleModels.Rows);
        string columns = string.Join(',', lines[0].Split(',').Select(name => $"\"{name}\""));
        IReadOnlyList<long>[] expected = [.. Enumerable.Range(1, Versions).Select(ExpectedLabels.Of)];
        List<SampleRequest> requests = [];
        for (int first = 1; first + RowsEach <= lines.Length; first += RowsEach)
        {
            long[][] labels = [.. expected.Select(all => all.Skip(first - 1).Take(RowsEach).ToArray())];
            if (labels.Select(one => string.Join(',', one)).Distinct().Count() == Versions)
            {
                string rows = string.Join(',', lines[first..(first + RowsEach)].Select(Row));
                string index = string.Join(',', Enumerable.Range(0, RowsEach));
                requests.Add(new SampleRequest(
                    Encoding.UTF8.GetBytes($$$"""{"input_data":{"columns":[{{{columns}}}],"index":[{{{index}}}],"data":[{{{rows}}}]}}"""),
                    labels));
            }
        }

        return requests;
    }

    private static string Row(string line)
    {
        string[] cells = line.Split(',');
        return $"[{string.Join(',', cells[..^1].Select(cell => cell.Length == 0 ? "null" : cell))},\"{cells[^1]}\"]";
    }
}
