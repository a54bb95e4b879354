using System.Diagnostics;
using System.Management.Automation;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Rows;

/// <summary>100,000 rows: the committed synthetic patients, over and over, in a CSV file.</summary>
internal sealed class ManyRows : IDisposable
{
    public const int Count = 100_000;
    private const int Imports = 5;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Imports the file as a user would, a few times.</summary>
    public PSObject[] Import(ModuleSession session, out IReadOnlyList<double> seconds)
    {
        string[] lines = File.ReadAllLines(ExampleModels.Rows);
        string file = _folder["rows.csv"];
        using (StreamWriter writer = new(file))
        {
            writer.WriteLine(lines[0]);
            for (int i = 0; i < Count; i++)
            {
                writer.WriteLine(lines[1 + (i % (lines.Length - 1))]);
            }
        }

        List<double> took = [];
        PSObject[] rows = [];
        for (int i = 0; i < Imports; i++)
        {
            long started = Stopwatch.GetTimestamp();
            InvocationResult result = session.Invoke("Import-Csv $args[0]", file);
            took.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            rows = [.. result.AssertSucceeded().Output];
        }

        seconds = took;
        return rows;
    }

    public void Dispose() => _folder.Dispose();
}
