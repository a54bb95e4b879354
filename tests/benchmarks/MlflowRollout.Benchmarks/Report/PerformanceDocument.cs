using System.Globalization;
using System.Text;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Report;

/// <summary>Writes <c>docs/performance.md</c> from the newest results and the notes beside the benchmarks.</summary>
internal static class PerformanceDocument
{
    public static string Write(IEnumerable<string> keys, ResultStore store)
    {
        BenchmarkResult[] results = [.. keys.Select(store.Find).OfType<BenchmarkResult>()];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Performance

            Written by the benchmarks; change the notes beside them, not this file. One command measures everything and writes it anew, in under ten minutes:

            ```
            dotnet run -c Release --project tests/benchmarks/MlflowRollout.Benchmarks
            ```

            `-- --only scoring,rows` measures some rows again and keeps the others; `-- --pairs 9` takes more pairs. Load needs `wrk` (on Debian: `apt-get install wrk`).

            The figures are medians of interleaved pairs of yardstick and product. Clients, servers and yardsticks share the machine, and the same code varies by a
            quarter between runs on a shared one: only the ratios within a run mean something, and no test depends on them.

            Machine: {Machine.Describe()}.

            | What | To reach | Measured | |
            |---|---|---|---|

            """);
        foreach (Figure figure in results.SelectMany(static result => result.Figures))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {figure.What} | {figure.Target} | {figure.Measured} | {figure.Verdict} |");
        }

        foreach (BenchmarkResult result in results)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {result.Key}").AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"Measured {result.At:yyyy-MM-dd HH:mm} UTC, {result.Pairs} pairs, load average before it {result.Load:0.0}{(result.Load > 2.5 ? " (the machine was busy with other things)" : string.Empty)}.");
            if (Notes(result.Key) is { } notes)
            {
                text.AppendLine().AppendLine(notes);
            }

            foreach (Figure figure in result.Figures.Where(static figure => figure.Details.Count > 0))
            {
                text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{figure.What}:").AppendLine().AppendLine("```");
                figure.Details.ToList().ForEach(line => text.AppendLine(line));
                text.AppendLine("```");
            }
        }

        string file = Path.Combine(RepositoryPaths.Root, "docs", "performance.md");
        File.WriteAllText(file, text.ToString().ReplaceLineEndings("\n"));
        return Path.GetRelativePath(RepositoryPaths.Root, file);
    }

    private static string? Notes(string key)
    {
        string file = Path.Combine(RepositoryPaths.Root, "tests", "benchmarks", "MlflowRollout.Benchmarks", "Notes", key + ".md");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
