using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>Load by <c>wrk</c>: keep-alive TLS connections, each with one request under way.</summary>
internal static partial class Wrk
{
    private const int Connections = 32;
    private const int Threads = 2;

    /// <summary>Why there is no load on this machine; null where there is.</summary>
    public static string? Missing()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("wrk", "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "wrk is not installed (on Debian: apt-get install wrk)";
        }
    }

    /// <summary>Sends one body to one address as fast as answers come.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="seconds">How long.</param>
    public static async Task<LoadResult> RunAsync(LoadTarget target, int seconds)
    {
        using TemporaryFolder folder = new();
        StringBuilder script = new();
        script.AppendLine("wrk.method = \"POST\"").Append("wrk.body = [==[").Append(target.Body).AppendLine("]==]");
        script.AppendLine("wrk.headers[\"Content-Type\"] = \"application/json\"");
        if (target.Key is not null)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"wrk.headers[\"Authorization\"] = \"Bearer {target.Key}\"");
        }

        script.AppendLine("""
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
            end
            """);
        string file = folder.Write("load.lua", script.ToString());
        using Process server = Process.GetProcessById(target.ProcessId);
        TimeSpan before = server.TotalProcessorTime;
        await using ChildProcess process = new("wrk", ["-t", Text(Threads), "-c", Text(Connections), "-d", $"{Text(seconds)}s", "-s", file, target.Uri.AbsoluteUri]);
        await process.WaitForExitAsync(TimeSpan.FromSeconds(seconds + 30));
        server.Refresh();
        TimeSpan used = server.TotalProcessorTime - before;
        Match match = Result().Match(process.StandardOutput);
        if (!match.Success)
        {
            throw new InvalidOperationException($"wrk gave no result. {process.Describe()}");
        }

        double[] numbers = [.. match.Groups.Values.Skip(1).Select(static group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
        if (numbers[4] > 0)
        {
            throw new InvalidOperationException($"{numbers[4]} requests failed under load. {process.Describe()}");
        }

        return new LoadResult(numbers[0] / (numbers[1] / 1e6), numbers[2] / 1000, numbers[3] / 1000, used.TotalMicroseconds / numbers[0]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)")]
    private static partial Regex Result();
}
