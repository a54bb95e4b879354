using System.Diagnostics;
using System.Globalization;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Starts an emulator's process in the background and waits until it is ready.</summary>
internal sealed class EmulatorLaunch(TimeProvider timeProvider, Func<string, string?> environment)
{
    private const int PortInUseCode = 3;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Starts it and reads its connection file.</summary>
    public async Task<EmulatorFile> StartAsync(
        string assembly, string host, MlEmulatorOptions options, string dataFolder, string connectionFile, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = Describe(assembly, host, options, dataFolder, connectionFile);
        EmulatorOutput output = new();
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw EmulatorPackage.RuntimeMissing($"'{host}' cannot be started: {exception.Message}", null);
        }

        bool ready = false;
        try
        {
            process.StandardInput.Close();
            // Read on as long as this process lives, so that the emulator never waits for a full pipe.
            Task reading = output.ReadAsync(process);
            EmulatorFile file = await WaitAsync(process, output, reading, options, connectionFile, cancellationToken).ConfigureAwait(false);
            ready = true;
            return file;
        }
        finally
        {
            if (!ready)
            {
                KillQuietly(process);
                process.Dispose();
            }
        }
    }

    private async Task<EmulatorFile> WaitAsync(
        Process process, EmulatorOutput output, Task reading, MlEmulatorOptions options, string connectionFile, CancellationToken cancellationToken)
    {
        TimeSpan timeout = options.StartTimeout ?? DefaultTimeout;
        using CancellationTokenSource deadline = new(timeout, timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Task exited = process.WaitForExitAsync(linked.Token);
        try
        {
            while (true)
            {
                Task line = output.NextLineAsync(linked.Token);
                if (await Task.WhenAny(line, exited).ConfigureAwait(false) == exited)
                {
                    await exited.ConfigureAwait(false);
                    await reading.WaitAsync(linked.Token).ConfigureAwait(false);
                    throw Ended(process.ExitCode, output.Errors, options, connectionFile);
                }

                await line.ConfigureAwait(false);
                // It writes the file before it says that it is ready; a file of an earlier process has another id.
                if (TryRead(connectionFile) is { } file && file.ProcessId == process.Id)
                {
                    return file;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"it was not ready within {timeout.TotalSeconds:0.#} s"), output.Errors);
        }
    }

    private static EmulatorFile? TryRead(string connectionFile)
    {
        try
        {
            return File.Exists(connectionFile) ? EmulatorFile.Read(connectionFile) : null;
        }
        catch (MlConnectionException)
        {
            return null;
        }
    }

    private ProcessStartInfo Describe(string assembly, string host, MlEmulatorOptions options, string dataFolder, string connectionFile)
    {
        ProcessStartInfo start = new()
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        // A session of its own, so that Ctrl-C at the prompt does not end it.
        string? setsid = OperatingSystem.IsWindows() ? null : FindOnPath("setsid");
        start.FileName = setsid ?? host;
        if (setsid is not null)
        {
            start.ArgumentList.Add(host);
        }

        List<string> arguments = [assembly, "--data", dataFolder, "--connection-file", connectionFile];
        arguments.AddRange(["--port", (options.Port ?? 0).ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["--operation-delay", options.OperationDelay ?? "none"]);
        if (options.MetricDelay is { } metricDelay)
        {
            arguments.AddRange(["--metric-delay", metricDelay]);
        }

        if (options.Python is { } python)
        {
            arguments.AddRange(["--python", python]);
        }

        if (options.Ephemeral)
        {
            arguments.AddRange(["--ephemeral", "--parent-process", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private string? FindOnPath(string name) =>
        (environment("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static MlConnectionException Ended(int exitCode, string errors, MlEmulatorOptions options, string connectionFile)
    {
        if (exitCode == PortInUseCode)
        {
            return new MlConnectionException(
                MlErrorIds.EmulatorPortInUse,
                $"Port {options.Port} is used by another program, so the emulator did not start. {errors}".TrimEnd(),
                MlErrorCategory.ResourceExists)
            {
                IsTerminating = true,
                Target = options.Port,
                RecommendedAction = "Leave -Port out to take a free one, or give another.",
            };
        }

        bool noFramework = errors.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal)
            || errors.Contains("You must install", StringComparison.OrdinalIgnoreCase)
            || errors.Contains("install missing framework", StringComparison.OrdinalIgnoreCase);
        return noFramework
            ? EmulatorPackage.RuntimeMissing("that runtime is missing", errors)
            : Failed(string.Create(CultureInfo.InvariantCulture, $"its process ended with code {exitCode}"), errors, connectionFile);
    }

    private static MlConnectionException Failed(string what, string errors, string? connectionFile = null) => new(
        MlErrorIds.EmulatorStartFailed,
        $"The emulator did not start: {what}. {(errors.Length == 0 ? "It said nothing." : $"It said: {errors}")}",
        MlErrorCategory.ResourceUnavailable)
    {
        IsTerminating = true,
        Target = connectionFile,
        RecommendedAction = "Follow what it says; another -DataFolder helps where the folder is the trouble.",
    };

    private static void KillQuietly(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
