using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MlflowRollout.Testing;

/// <summary>A child process whose output is collected and which never outlives its owner.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Lock _gate = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Seen)> _waiters = [];
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingDirectory">Where it runs; the tests' own folder by default.</param>
    /// <param name="environment">Variables to set; a null value removes one.</param>
    public ChildProcess(string program, IEnumerable<string> arguments, string? workingDirectory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        (program, arguments) = WithInterrupt(program, arguments);
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Collect(line.Data, _output, _outputEnded);
        _process.ErrorDataReceived += (_, line) => Collect(line.Data, _error, _errorEnded);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    // A shell without job control starts what it puts in the background with SIGINT ignored, and every descendant inherits that.
    private static (string Program, IEnumerable<string> Arguments) WithInterrupt(string program, IEnumerable<string> arguments)
    {
        const string Status = "/proc/self/status";
        const string Environment = "/usr/bin/env";
        string? ignored = OperatingSystem.IsLinux() && File.Exists(Status) && File.Exists(Environment)
            ? File.ReadLines(Status).FirstOrDefault(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return ignored is not null && (ulong.Parse(ignored.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0
            ? (Environment, ["--default-signal=INT", program, .. arguments])
            : (program, arguments);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Its standard input.</summary>
    public StreamWriter StandardInput => _process.StandardInput;

    /// <summary>What it wrote to standard output so far.</summary>
    public string StandardOutput
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>What it wrote to standard error so far.</summary>
    public string StandardError
    {
        get
        {
            lock (_gate)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Waits for a line (of either stream, past ones included) that matches; fails when the process ends first or time is up.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan timeout)
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            string? past = _output.ToString().Split('\n').Concat(_error.ToString().Split('\n')).SkipLast(1).FirstOrDefault(matches);
            if (past is not null)
            {
                return past;
            }

            _waiters.Add((matches, seen));
        }

        Task ended = Task.WhenAll(_process.WaitForExitAsync(), _outputEnded.Task, _errorEnded.Task);
        Task first;
        try
        {
            first = await Task.WhenAny(seen.Task, ended).WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The awaited line did not come within {timeout}. {Describe()}");
        }

        return seen.Task.IsCompletedSuccessfully || first == seen.Task
            ? await seen.Task
            : throw new InvalidOperationException($"The process ended with exit code {ExitCode} before the awaited line. {Describe()}");
    }

    /// <summary>Waits for the end of the process and of its output; kills it when time is up.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), _outputEnded.Task, _errorEnded.Task).WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            Kill();
            throw new TimeoutException($"The process did not end within {timeout}. {Describe()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM; on Windows, where there is none, kills it).</summary>
    public void SendTerminate() => Signal(Terminate);

    /// <summary>Interrupts it as Ctrl-C does (SIGINT; on Windows, where there is none, kills it).</summary>
    public void SendInterrupt() => Signal(Interrupt);

    /// <summary>Kills it, and whatever it started.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Kills it alone, as <c>kill -9</c> does.</summary>
    public void KillAlone() => _process.Kill();

    /// <summary>The processes it started, theirs included (Linux; elsewhere none are found).</summary>
    public IReadOnlyList<int> Descendants()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        ILookup<int, int> children = Directory.EnumerateDirectories("/proc")
            .Select(static folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(static id => id != 0)
            .ToLookup(ParentOf);
        List<int> found = [Id];
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i]]);
        }

        found.RemoveAt(0);
        return found;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Exit state and output, for messages.</summary>
    public string Describe() => $"stdout:\n{StandardOutput}\nstderr:\n{StandardError}";

    internal static bool IsAlive(int id) => File.Exists($"/proc/{id}/stat") && State(id) is not ('Z' or 'X' or '\0');

    private static int ParentOf(int id)
    {
        string[] fields = StatFields(id);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    private static char State(int id) => StatFields(id) is [{ Length: > 0 } state, ..] ? state[0] : '\0';

    // The fields after the command's name, which is in parentheses and may hold anything.
    private static string[] StatFields(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Collect(string? line, StringBuilder into, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        lock (_gate)
        {
            into.Append(line).Append('\n');
            foreach ((Func<string, bool> matches, TaskCompletionSource<string> seen) in _waiters)
            {
                if (matches(line))
                {
                    seen.TrySetResult(line);
                }
            }
        }
    }

    private void Signal(int signal)
    {
        if (_process.HasExited)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            _process.Kill();
        }
        else
        {
            _ = SendSignal(_process.Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
