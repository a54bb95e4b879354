using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Net.Security;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>A client like a page in a browser that was led here under another name.</summary>
internal static class HostSpoofingClient
{
    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "The certificate is for other names on purpose; the Host header is what is tested.")]
    public static HttpClient Create(EmulatorProcess emulator, string host)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        HttpClient client = new(handler) { BaseAddress = emulator.ArmEndpoint };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", emulator.Token);
        return client;
    }
}
