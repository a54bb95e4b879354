using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlflowRollout.Engine.Connections;

/// <summary>Pooled handlers, one a connection.</summary>
internal static class HandlerFactory
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A handler with the machine's trust.</summary>
    public static SocketsHttpHandler CreateForCloud() => new()
    {
        PooledConnectionLifetime = Lifetime,
        ConnectTimeout = ConnectTimeout,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate | DecompressionMethods.Brotli,
        UseCookies = false,
    };

    /// <summary>
    /// A handler that trusts the emulator's own authority alone and connects to its port on loopback alone, whatever the host name: the name of its storage
    /// account leads nowhere else, and is what the certificate is checked against.
    /// </summary>
    public static SocketsHttpHandler CreateForEmulator(Uri armEndpoint, string caCertificateFile)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caCertificateFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Invalid(caCertificateFile, exception.Message.TrimEnd('.'), exception);
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            throw Invalid(caCertificateFile, "it holds no certificate", null);
        }

        IPAddress[] loopback = IPAddress.TryParse(armEndpoint.Host.Trim('[', ']'), out IPAddress? ip) ? [ip] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        return new SocketsHttpHandler
        {
            PooledConnectionLifetime = Lifetime,
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate | DecompressionMethods.Brotli,
            UseCookies = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(loopback, armEndpoint.Port, token).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
    }

    private static MlConnectionException Invalid(string file, string reason, Exception? cause) => new(
        MlErrorIds.ConnectionFileInvalid, $"The emulator's certificate authority '{file}' cannot be used: {reason}.", MlErrorCategory.InvalidData, cause)
    {
        IsTerminating = true,
        Target = file,
        RecommendedAction = "Restart the emulator (Stop-MlEmulator, Start-MlEmulator): it writes the file anew.",
    };
}
