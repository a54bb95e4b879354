using Xunit;

namespace MlflowRollout.Testing;

/// <summary>
/// One emulator that the tests of a collection share. A test assembly declares
/// <c>[CollectionDefinition("emulator")] public sealed class EmulatorCollection : ICollectionFixture&lt;EmulatorFixture&gt;;</c>
/// </summary>
public sealed class EmulatorFixture : IAsyncLifetime
{
    private EmulatorProcess? _emulator;
    private int _names;

    /// <summary>The running emulator.</summary>
    public EmulatorProcess Emulator => _emulator ?? throw new InvalidOperationException("The emulator has not been started.");

    /// <summary>A name that no other test of this run uses, valid for endpoints, deployments and models (at most 32 characters).</summary>
    public string UniqueName(string prefix = "t")
    {
        return $"{prefix}-{Environment.ProcessId:x}-{Interlocked.Increment(ref _names):x}";
    }

    /// <summary>A session of the module that is connected to this emulator.</summary>
    public ModuleSession ConnectedSession(ModuleSessionOptions? options = null)
    {
        ModuleSession session = new(options);
        try
        {
            session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", Emulator.ConnectionFile).AssertSucceeded();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_emulator is not null)
        {
            await using (_emulator)
            {
                if (!_emulator.HasExited)
                {
                    await _emulator.StopAsync();
                }
            }
        }
    }
}
