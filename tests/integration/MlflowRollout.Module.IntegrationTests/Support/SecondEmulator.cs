using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests;

/// <summary>One more emulator for the tests of a class: another workspace.</summary>
public sealed class SecondEmulator : IAsyncLifetime
{
    /// <summary>Name of its workspace.</summary>
    public const string WorkspaceName = "elsewhere";

    private EmulatorProcess? _emulator;

    /// <summary>The running emulator.</summary>
    public EmulatorProcess Emulator => _emulator ?? throw new InvalidOperationException("The emulator has not been started.");

    public async Task InitializeAsync() => _emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", WorkspaceName] });

    public async Task DisposeAsync()
    {
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }
}
