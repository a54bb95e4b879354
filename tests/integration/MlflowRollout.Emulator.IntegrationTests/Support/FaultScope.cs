using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>Faults that are taken away at the end of a test.</summary>
internal sealed class FaultScope : IAsyncDisposable
{
    private readonly ControlPlaneClient _client;

    private FaultScope(ControlPlaneClient client) => _client = client;

    public static async Task<FaultScope> SetAsync(ControlPlaneClient client, params JsonObject[] faults)
    {
        ControlPlaneAnswer answer = await client.SendRawAsync(HttpMethod.Put, "/emulator/faults", new JsonObject { ["faults"] = new JsonArray([.. faults]) });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return new FaultScope(client);
    }

    public async Task ClearAsync()
    {
        ControlPlaneAnswer answer = await _client.SendRawAsync(HttpMethod.Delete, "/emulator/faults", null);
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
    }

    public async ValueTask DisposeAsync() => await ClearAsync();
}
