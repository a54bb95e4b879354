using System.Diagnostics;
using System.Globalization;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Emulators of the current user on this machine.</summary>
internal sealed class EmulatorControl : IMlEmulatorControl
{
    private const string DefaultFile = "connection.json";
    private const string LockFile = "emulator.lock";
    private const int OtherAttempts = 50;
    private static readonly TimeSpan OtherInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GracefulTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    // An emulator that only has to drain idle servers ends within a tenth of a second.
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    private readonly string _stateFolder;
    private readonly TimeProvider _timeProvider;
    private readonly Func<string, string?> _environment;
    private readonly EmulatorRegistry _registry;
    private readonly EmulatorProbe _probe;
    private readonly Dictionary<int, string> _ephemeral = [];

    /// <summary>Makes the control; starts nothing.</summary>
    public EmulatorControl(string stateFolder, TimeProvider timeProvider, Func<string, string?> environment)
    {
        _stateFolder = stateFolder;
        _timeProvider = timeProvider;
        _environment = environment;
        _registry = new EmulatorRegistry(stateFolder);
        _probe = new EmulatorProbe(timeProvider);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndEphemeral();
    }

    /// <summary>Folder of the user's default emulator.</summary>
    public string DefaultDataFolder => Path.Combine(_stateFolder, "emulator");

    /// <inheritdoc/>
    public async Task<MlEmulator?> StartAsync(MlEmulatorOptions options, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string dataFolder = Path.GetFullPath(
            options.DataFolder ?? (options.Ephemeral ? Path.Combine(Path.GetTempPath(), $"mlflow-emulator-{Guid.NewGuid():N}") : DefaultDataFolder));
        string connectionFile = Path.GetFullPath(options.ConnectionFile ?? Path.Combine(dataFolder, DefaultFile));
        if (await FindRunningAsync(dataFolder, cancellationToken).ConfigureAwait(false) is { } running)
        {
            context.Verbose($"An emulator runs on {dataFolder} already.");
            return running;
        }

        string assembly = EmulatorPackage.Find(options);
        string host = EmulatorPackage.FindHost(_environment);
        if (!await context.ConfirmAsync($"emulator in {dataFolder}", "Start").ConfigureAwait(false))
        {
            return null;
        }

        EmulatorFile file;
        try
        {
            file = await new EmulatorLaunch(_timeProvider, _environment)
                .StartAsync(assembly, host, options, dataFolder, connectionFile, cancellationToken).ConfigureAwait(false);
        }
        catch when (options.Ephemeral)
        {
            // A folder that was named may be the user's own, which the emulator has just refused to touch.
            if (options.DataFolder is null)
            {
                DeleteFolder(dataFolder);
            }

            throw;
        }
        catch (MlConnectionException exception) when (exception.ErrorId == MlErrorIds.EmulatorStartFailed)
        {
            // Another process may have started one on the folder at the same moment; then that one is meant.
            if (await WaitForOtherAsync(dataFolder, cancellationToken).ConfigureAwait(false) is { } other)
            {
                return other;
            }

            throw;
        }

        _registry.Add(new EmulatorRegistry.Entry(connectionFile, dataFolder, file.ProcessId, options.Ephemeral));
        if (options.Ephemeral)
        {
            lock (_ephemeral)
            {
                _ephemeral[file.ProcessId] = dataFolder;
            }
        }

        return ToModel(file, dataFolder, options.Ephemeral, isRunning: true);
    }

    /// <inheritdoc/>
    public async Task<bool> StopAsync(MlEmulator emulator, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (!await context.ConfirmAsync($"emulator {emulator.ArmEndpoint} in {emulator.DataFolder}", "Stop").ConfigureAwait(false))
        {
            return false;
        }

        EmulatorFile? file = TryRead(emulator.ConnectionFile);
        int processId = emulator.ProcessId;
        if (file is not null && file.ProcessId != processId)
        {
            // The file belongs to a later emulator on the same folder; this one is gone or is told by its process alone.
            file = null;
        }

        bool alive = EmulatorProbe.IsAlive(processId);
        if (alive && file is null)
        {
            // A process id alone may meanwhile be another program's.
            throw new MlConnectionException(
                MlErrorIds.ConnectionFileInvalid,
                $"The emulator of process {processId} cannot be told from another program, since its connection file '{emulator.ConnectionFile}' is gone.",
                MlErrorCategory.ObjectNotFound)
            {
                Target = emulator,
                RecommendedAction = "See Get-MlEmulator, and end the process by hand where it is the emulator.",
            };
        }

        if (alive)
        {
            await EndAsync(file!, processId, context, cancellationToken).ConfigureAwait(false);
        }

        lock (_ephemeral)
        {
            _ephemeral.Remove(processId);
        }

        _registry.Remove(emulator.DataFolder);
        if (emulator.IsEphemeral)
        {
            DeleteFolder(emulator.DataFolder);
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MlEmulator>> ListAsync(CancellationToken cancellationToken)
    {
        List<EmulatorRegistry.Entry> entries = [new(Path.Combine(DefaultDataFolder, DefaultFile), DefaultDataFolder, 0, IsEphemeral: false)];
        entries.AddRange(_registry.Read().Where(entry => entry.ConnectionFile != entries[0].ConnectionFile).OrderBy(entry => entry.DataFolder, StringComparer.Ordinal));
        MlEmulator?[] found = await Task.WhenAll(entries.Select(entry => CheckAsync(entry, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<MlEmulator>()];
    }

    /// <inheritdoc/>
    public async Task<MlEmulator> GetAsync(string connectionFile, CancellationToken cancellationToken)
    {
        EmulatorFile file = EmulatorFile.Read(Path.GetFullPath(connectionFile));
        if (!await _probe.AnswersAsync(file, cancellationToken).ConfigureAwait(false))
        {
            throw new MlConnectionException(
                MlErrorIds.EmulatorNotRunning, $"The emulator that the connection file '{connectionFile}' names ({file.ArmEndpoint}, process {file.ProcessId}) does not run.", MlErrorCategory.ResourceUnavailable)
            {
                IsTerminating = true,
                Target = connectionFile,
                RecommendedAction = "Start it with Start-MlEmulator, or see Get-MlEmulator for those that run.",
            };
        }

        string dataFolder = file.DataFolder ?? Path.GetDirectoryName(file.Path)!;
        return ToModel(file, dataFolder, _registry.Read().Any(entry => entry.DataFolder == dataFolder && entry.IsEphemeral), isRunning: true);
    }

    private async Task<MlEmulator?> FindRunningAsync(string dataFolder, CancellationToken cancellationToken)
    {
        IEnumerable<EmulatorRegistry.Entry> entries = _registry.Read().Where(entry => string.Equals(entry.DataFolder, dataFolder, StringComparison.Ordinal))
            .Append(new EmulatorRegistry.Entry(Path.Combine(dataFolder, DefaultFile), dataFolder, 0, IsEphemeral: false));
        foreach (EmulatorRegistry.Entry entry in entries.ToArray())
        {
            if (await CheckAsync(entry, cancellationToken).ConfigureAwait(false) is { } running)
            {
                return running;
            }
        }

        return null;
    }

    private async Task<MlEmulator?> WaitForOtherAsync(string dataFolder, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < OtherAttempts && IsLocked(dataFolder); attempt++)
        {
            if (await FindRunningAsync(dataFolder, cancellationToken).ConfigureAwait(false) is { } running)
            {
                return running;
            }

            await Task.Delay(OtherInterval, _timeProvider, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    // The emulator holds a lock on its folder for as long as it runs.
    private static bool IsLocked(string dataFolder)
    {
        try
        {
            string path = Path.Combine(dataFolder, LockFile);
            if (!File.Exists(path))
            {
                return false;
            }

            using FileStream probe = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<MlEmulator?> CheckAsync(EmulatorRegistry.Entry entry, CancellationToken cancellationToken)
    {
        if (TryRead(entry.ConnectionFile) is { } file
            && (entry.ProcessId == 0 || entry.ProcessId == file.ProcessId)
            && await _probe.AnswersAsync(file, cancellationToken).ConfigureAwait(false))
        {
            return ToModel(file, file.DataFolder ?? entry.DataFolder, entry.IsEphemeral, isRunning: true);
        }

        if (entry.ProcessId > 0 && !EmulatorProbe.IsAlive(entry.ProcessId))
        {
            _registry.Remove(entry.DataFolder);
        }

        return null;
    }

    // First its own route, which drains everywhere; then the signal; then the hard way.
    private async Task EndAsync(EmulatorFile file, int processId, IMlOperationContext context, CancellationToken cancellationToken)
    {
        bool asked = await _probe.ShutdownAsync(file, cancellationToken).ConfigureAwait(false);
        if (!asked)
        {
            context.Verbose(string.Create(CultureInfo.InvariantCulture, $"The emulator does not take the call to end; process {processId} gets a signal."));
            ProcessSignal.Terminate(processId);
        }

        if (await WaitForEndAsync(processId, GracefulTimeout, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (asked && ProcessSignal.Terminate(processId) && await WaitForEndAsync(processId, KillTimeout, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        context.Warning(string.Create(CultureInfo.InvariantCulture, $"The emulator did not end by itself; process {processId} is killed. Acknowledged changes are kept."));
        ProcessSignal.Kill(processId);
        if (!await WaitForEndAsync(processId, KillTimeout, cancellationToken).ConfigureAwait(false))
        {
            throw new MlConnectionException(
                MlErrorIds.OperationFailed, string.Create(CultureInfo.InvariantCulture, $"The emulator's process {processId} is still there after it was killed."), MlErrorCategory.OperationTimeout)
            {
                Target = processId,
            };
        }
    }

    private async Task<bool> WaitForEndAsync(int processId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(timeout, _timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using Process process = Process.GetProcessById(processId);
            await process.WaitForExitAsync(linked.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return !EmulatorProbe.IsAlive(processId);
        }
    }

    // Runs while the process ends: there is nothing left to await on, and whoever started us may look for leftovers the moment we are gone. Where this does
    // not run (a crash), the emulator notices the end of this process and ends with it.
    private void EndEphemeral()
    {
        KeyValuePair<int, string>[] emulators;
        lock (_ephemeral)
        {
            emulators = [.. _ephemeral];
            _ephemeral.Clear();
        }

        foreach ((int processId, _) in emulators)
        {
            if (!ProcessSignal.Terminate(processId))
            {
                ProcessSignal.Kill(processId);
            }
        }

        foreach ((int processId, string dataFolder) in emulators)
        {
            if (!ProcessSignal.WaitForExit(processId, ExitPatience))
            {
                ProcessSignal.Kill(processId);
                ProcessSignal.WaitForExit(processId, ExitPatience);
            }

            _registry.Remove(dataFolder);
            DeleteFolder(dataFolder);
        }
    }

    private static EmulatorFile? TryRead(string path)
    {
        try
        {
            return EmulatorFile.Read(path);
        }
        catch (MlConnectionException)
        {
            return null;
        }
    }

    private static void DeleteFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It lies in the temporary folder, which the system clears.
        }
    }

    private static MlEmulator ToModel(EmulatorFile file, string dataFolder, bool isEphemeral, bool isRunning) => new()
    {
        ArmEndpoint = file.ArmEndpoint,
        ProcessId = file.ProcessId,
        DataFolder = dataFolder,
        ConnectionFile = file.Path,
        CaCertificate = file.CaCertificate,
        SubscriptionId = file.SubscriptionId,
        ResourceGroupName = file.ResourceGroup,
        WorkspaceName = file.Workspace,
        Location = file.Location,
        IsEphemeral = isEphemeral,
        IsRunning = isRunning,
    };
}
