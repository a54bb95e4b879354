using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Azurite;

/// <summary>One Azurite for the tests of a class, started by the first that needs it, so that tests can be skipped where it is missing.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _server;

    /// <inheritdoc />
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    internal async Task<AzuriteServer> GetAsync(string account, string key) => _server ??= await AzuriteServer.StartAsync(account, key);
}
