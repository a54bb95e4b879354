using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>One emulator for all tests that do not need one of their own.</summary>
public sealed class EmulatorServer : IAsyncLifetime
{
    private EmulatorProcess? _emulator;
    private ControlPlaneClient? _client;
    private Task<string>? _model;
    private int _names;

    internal EmulatorProcess Emulator => _emulator!;

    internal ControlPlaneClient Client => _client!;

    public async Task InitializeAsync()
    {
        _emulator = await EmulatorProcess.StartAsync();
        _client = new ControlPlaneClient(_emulator);
    }

    public async Task DisposeAsync()
    {
        if (_emulator is not null)
        {
            await using (_emulator)
            {
                await _emulator.StopAsync();
            }
        }
    }

    /// <summary>A name that no other test uses.</summary>
    internal string Name(string prefix) => $"{prefix}-{Interlocked.Increment(ref _names):d3}x";

    /// <summary>ARM id of a model that can be served, registered once.</summary>
    internal Task<string> ServableModelAsync()
    {
        lock (Client)
        {
            return _model ??= Client.RegisterModelAsync("heart-shared", "1", ExampleModels.V1);
        }
    }

    /// <summary>An endpoint with deployments that succeeded.</summary>
    internal async Task<string> EndpointAsync(params string[] deployments)
    {
        string name = Name("endpoint");
        await Client.CreateEndpointAsync(name);
        foreach (string deployment in deployments)
        {
            await Client.CreateDeploymentAsync(name, deployment, await ServableModelAsync());
        }

        return name;
    }
}
