using System.Text;
using MlflowRollout.Testing;

namespace MlflowRollout.Module.IntegrationTests;

/// <summary>Faults of the shared emulator's control plane that go with the test.</summary>
internal sealed class Faults : IAsyncDisposable
{
    private static readonly Uri Route = new("emulator/faults", UriKind.Relative);
    private readonly HttpClient _http;

    private Faults(HttpClient http) => _http = http;

    /// <summary>Sets faults, as JSON objects parted by commas.</summary>
    public static async Task<Faults> SetAsync(EmulatorFixture fixture, string faults)
    {
        using var body = new StringContent($$"""{ "faults": [{{faults}}] }""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await fixture.Emulator.Http.PutAsync(Route, body);
        answer.EnsureSuccessStatusCode();
        return new Faults(fixture.Emulator.Http);
    }

    public async ValueTask DisposeAsync()
    {
        using HttpResponseMessage answer = await _http.DeleteAsync(Route);
        answer.EnsureSuccessStatusCode();
    }
}
