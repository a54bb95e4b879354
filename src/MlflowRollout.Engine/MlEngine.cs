using System.Security;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Definitions;
using MlflowRollout.Engine.Emulators;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Engine.Scoring;
using MlflowRollout.Services;

namespace MlflowRollout.Engine;

/// <summary>The engine of the module; created by name, once a process, in a load context of its own.</summary>
public sealed class MlEngine : IMlEngine
{
    private readonly TimeProvider _timeProvider;
    private readonly Random _random;
    private readonly string _stateFolder;
    private readonly EmulatorControl _emulators;
    private readonly ConnectionOpener _opener;
    private readonly object _gate = new();
    private readonly List<OpenConnection> _connections = [];

    /// <summary>Makes the engine with the machine's clock; opens nothing.</summary>
    public MlEngine()
        : this(TimeProvider.System, new Random(), DefaultStateFolder(), Environment.GetEnvironmentVariable)
    {
    }

    internal MlEngine(TimeProvider timeProvider, Random random, string stateFolder, Func<string, string?> environment, Func<HttpMessageHandler>? cloudHandler = null)
    {
        _timeProvider = timeProvider;
        _random = random;
        _stateFolder = stateFolder;
        _emulators = new EmulatorControl(stateFolder, timeProvider, environment);
        _opener = new ConnectionOpener(timeProvider, random, environment, cloudHandler);
    }

    /// <inheritdoc/>
    public IMlEmulatorControl Emulators => _emulators;

    /// <inheritdoc/>
    public IMlRequestBuilder Requests { get; } = new RequestBuilder();

    /// <inheritdoc/>
    public IMlDefinitionReader Definitions { get; } = new DefinitionReader();

    /// <inheritdoc/>
    public IReadOnlyList<IMlWorkspaceClient> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _connections.Select(open => open.Connection)];
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IMlWorkspaceClient> ConnectAsync(MlConnectionRequest request, IMlOperationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (!request.UseEmulator)
        {
            return Register(await _opener.OpenCloudAsync(request, context, cancellationToken).ConfigureAwait(false), null);
        }

        MlEmulator emulator = await FindEmulatorAsync(request, context, cancellationToken).ConfigureAwait(false);
        try
        {
            ConnectionOpener.Opened opened = await _opener.OpenEmulatorAsync(EmulatorFile.Read(emulator.ConnectionFile), cancellationToken).ConfigureAwait(false);
            opened.Workspace.IsEphemeral = emulator.IsEphemeral;
            return Register(opened, request.Ephemeral ? emulator : null);
        }
        catch when (request.Ephemeral)
        {
            await _emulators.StopAsync(emulator, new ConsentingContext(context), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public IMlWorkspaceClient? FindConnection(string connectionId)
    {
        lock (_gate)
        {
            return _connections.Find(open => string.Equals(open.Connection.Workspace.ConnectionId, connectionId, StringComparison.Ordinal))?.Connection;
        }
    }

    /// <inheritdoc/>
    public async Task DisconnectAsync(string connectionId, IMlOperationContext context, CancellationToken cancellationToken)
    {
        OpenConnection? open;
        lock (_gate)
        {
            open = _connections.Find(candidate => string.Equals(candidate.Connection.Workspace.ConnectionId, connectionId, StringComparison.Ordinal));
            if (open is not null)
            {
                _connections.Remove(open);
            }
        }

        if (open is null)
        {
            return;
        }

        open.Connection.Close();
        if (open.Owned is { } emulator)
        {
            await _emulators.StopAsync(emulator, new ConsentingContext(context), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public IMlScoringClient CreateScoringClient(Uri scoringUri, SecureString? key, string? deploymentName, string? caCertificateFile) =>
        new ScoringClientFactory(_timeProvider, _random).Create(scoringUri, key, deploymentName, caCertificateFile);

    private static string DefaultStateFolder() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "MlflowRollout");

    // Connecting to an emulator implies starting it; the question, if any, was asked for the connection.
    private async Task<MlEmulator> FindEmulatorAsync(MlConnectionRequest request, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (request.ConnectionFile is { } file)
        {
            return await _emulators.GetAsync(file, cancellationToken).ConfigureAwait(false);
        }

        MlEmulatorOptions given = request.EmulatorOptions ?? new MlEmulatorOptions();
        MlEmulatorOptions options = new()
        {
            PackageFolders = given.PackageFolders,
            DataFolder = given.DataFolder,
            Port = given.Port,
            ConnectionFile = given.ConnectionFile,
            OperationDelay = given.OperationDelay,
            Python = given.Python,
            StartTimeout = given.StartTimeout,
            Ephemeral = request.Ephemeral || given.Ephemeral,
        };
        return (await _emulators.StartAsync(options, new ConsentingContext(context), cancellationToken).ConfigureAwait(false))!;
    }

    private WorkspaceConnection Register(ConnectionOpener.Opened opened, MlEmulator? owned)
    {
        lock (_gate)
        {
            if (_connections.Find(open => string.Equals(open.Key, opened.Key, StringComparison.Ordinal)) is { } there)
            {
                there.Connection.Workspace.ArmEndpoint = opened.Workspace.ArmEndpoint;
                there.Connection.Workspace.Location = opened.Workspace.Location;
                there.Connection.Replace(opened.Session);
                return there.Connection;
            }

            opened.Workspace.ConnectionId = Guid.NewGuid().ToString();
            WorkspaceConnection connection = new(opened.Workspace, opened.Session, _timeProvider, _random, _stateFolder);
            _connections.Add(new OpenConnection(opened.Key, connection, owned));
            return connection;
        }
    }

    private sealed record OpenConnection(string Key, WorkspaceConnection Connection, MlEmulator? Owned);
}
