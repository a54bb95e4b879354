using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json;
using MlflowRollout.Shell;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>One session in a fresh process: opens it, runs scripts one after the other, says how long each took.</summary>
internal static class SessionProbe
{
    /// <summary>Runs the scripts given as arguments; each gets its time. The first number is the time from the start of the program to an open session.</summary>
    public static void Run(string[] scripts)
    {
        long started = Stopwatch.GetTimestamp();
        Environment.SetEnvironmentVariable("PSModulePath", RepositoryPaths.Output + Path.PathSeparator + Environment.GetEnvironmentVariable("PSModulePath"));
        using Runspace runspace = RunspaceFactory.CreateRunspace(ShellSessionState.Create());
        runspace.Open();
        List<double> times = [Elapsed(started)];
        foreach (string script in scripts)
        {
            long before = Stopwatch.GetTimestamp();
            using PowerShell shell = PowerShell.Create(runspace);
            shell.AddScript("$ErrorActionPreference = 'Stop'\n" + script);
            shell.AddCommand("Out-Null");
            shell.Invoke();
            times.Add(Elapsed(before));
        }

        times.Add(Elapsed(started));
        Console.WriteLine("TIMES " + JsonSerializer.Serialize(times));
    }

    /// <summary>Runs a probe in a process of its own.</summary>
    public static async Task<double[]> StartAsync(params string[] scripts)
    {
        await using ChildProcess process = new(
            RepositoryPaths.DotNet, [typeof(SessionProbe).Assembly.Location, "session-probe", .. scripts], environment: new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
        int exitCode = await process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        string? line = process.StandardOutput.Split('\n').FirstOrDefault(static text => text.StartsWith("TIMES ", StringComparison.Ordinal));
        return exitCode == 0 && line is not null
            ? JsonSerializer.Deserialize<double[]>(line["TIMES ".Length..])!
            : throw new InvalidOperationException($"The session failed. {process.Describe()}");
    }

    /// <summary>A text as a literal of a script.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>For a table.</summary>
    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms");

    private static double Elapsed(long since) => Stopwatch.GetElapsedTime(since).TotalMilliseconds;
}
