using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Xunit;
using Xunit.Sdk;

namespace MlflowRollout.Testing;

/// <summary>
/// Things that a machine may lack. A test that needs one is skipped by name with the reason, or fails where <c>CI=true</c>. Use with
/// <c>[SkippableFact]</c> or <c>[SkippableTheory]</c>.
/// </summary>
public static class Requirement
{
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Interpreters = new(StringComparer.Ordinal);
    private static readonly Lazy<bool> NodeRuns = new(() => Runs("node", "--version"));

    /// <summary>Needs a Python that can import all these modules; returns the interpreter.</summary>
    public static string PythonModules(params string[] modules)
    {
        string? python = FindPython(modules);
        Require(python is not null, $"no Python interpreter here imports {string.Join(", ", modules)} (on Debian: apt-get install python3-sklearn python3-xgboost)");
        return python!;
    }

    /// <summary>The first Python that imports all these modules, or null.</summary>
    public static string? FindPython(params string[] modules) =>
        FindPythonThatRuns(modules.Length == 0 ? "pass" : "import " + string.Join(", ", modules));

    /// <summary>The first Python that runs this program without an error, or null.</summary>
    public static string? FindPythonThatRuns(string program) =>
        Interpreters.GetOrAdd(program, static code => new(() => Candidates().FirstOrDefault(candidate => Runs(candidate, "-c", code)))).Value;

    /// <summary>Needs Node.js.</summary>
    public static void Node() => Require(NodeRuns.Value, "Node.js is not on the PATH");

    /// <summary>Needs signals and file modes.</summary>
    public static void Unix() => Skip.If(OperatingSystem.IsWindows(), "needs a Unix system");

    /// <summary>Skips the running test with the reason unless the condition holds; fails it where <c>CI=true</c>.</summary>
    public static void Require(bool condition, string reason)
    {
        if (!condition && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new XunitException($"CI must run this test, but {reason}.");
        }

        Skip.IfNot(condition, reason);
    }

    private static IEnumerable<string> Candidates() =>
        OperatingSystem.IsWindows() ? ["python", "py"] : ["python3", "/usr/bin/python3", "python"];

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
