using System.Collections.Concurrent;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Scoring;

/// <summary>Makes scoring clients.</summary>
/// <param name="time">Clock.</param>
/// <param name="random">Source of jitter.</param>
internal sealed class ScoringClientFactory(TimeProvider time, Random random)
{
    // Of clients without a connection: one pooled handler for each set of trusted authorities, for the life of the engine.
    private static readonly ConcurrentDictionary<string, SocketsHttpHandler> Handlers = new(StringComparer.Ordinal);

    /// <summary>A client over a connection's pooled handler.</summary>
    /// <exception cref="MlScoringException">The endpoint has no address yet.</exception>
    public static IMlScoringClient Create(WorkspaceConnection connection, MlEndpoint endpoint, string? deploymentName)
    {
        if (endpoint.ScoringUri is not { } uri)
        {
            throw new MlScoringException(
                MlErrorIds.ScoringFailed, MlErrorCategory.ResourceUnavailable, $"Endpoint '{endpoint.Name}' has no scoring address: it is {endpoint.ProvisioningState}.")
            {
                Target = endpoint.Name,
                RecommendedAction = "Wait for it with Wait-MlEndpoint.",
            };
        }

        ScoringTarget target = new(endpoint.Name, uri, endpoint.SwaggerUri ?? ScoringTarget.SwaggerBeside(uri), deploymentName);
        ConnectionScoringSource source = new(connection, endpoint);
        return new ScoringClient(new ScoringTransport(target, () => connection.ScoringHandler, source, connection.TimeProvider), connection.Random);
    }

    /// <summary>A client for an address and key alone.</summary>
    /// <exception cref="MlValidationException">The address or the certificate file cannot be used.</exception>
    public IMlScoringClient Create(Uri scoringUri, SecureString? key, string? deploymentName, string? caCertificateFile)
    {
        CheckAddress(scoringUri);
        SocketsHttpHandler handler = Handlers.GetOrAdd(
            caCertificateFile is null ? string.Empty : Path.GetFullPath(caCertificateFile) + File.GetLastWriteTimeUtc(caCertificateFile).Ticks, _ => MakeHandler(caCertificateFile));
        ScoringTarget target = new(scoringUri.Host, scoringUri, ScoringTarget.SwaggerBeside(scoringUri), deploymentName);
        FixedScoringSource source = new(key is null ? null : Secret.Reveal(key));
        return new ScoringClient(new ScoringTransport(target, () => handler, source, time), random);
    }

    private static void CheckAddress(Uri uri)
    {
        string? problem = uri switch
        {
            { IsAbsoluteUri: false } => "is not absolute",
            { Scheme: not ("https" or "http") } => "is neither https nor http",
            { Scheme: "http", IsLoopback: false } => "is http, which would send the key unprotected; only https is allowed beyond this machine",
            { UserInfo.Length: > 0 } => "has a user in it",
            _ => null,
        };
        if (problem is not null)
        {
            // Without user, password and query: they may hold a secret.
            string shown = uri.IsAbsoluteUri ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : uri.OriginalString;
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"The scoring address '{shown}' {problem}.")
            {
                Target = shown,
                RecommendedAction = "Take the address from the endpoint's ScoringUri.",
            };
        }
    }

    private static SocketsHttpHandler MakeHandler(string? caCertificateFile)
    {
        SocketsHttpHandler handler = new()
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
        };
        if (caCertificateFile is not null)
        {
            X509Certificate2Collection roots = ReadCertificates(caCertificateFile);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return handler;
    }

    private static X509Certificate2Collection ReadCertificates(string file)
    {
        X509Certificate2Collection certificates = [];
        string? problem;
        Exception? cause = null;
        try
        {
            certificates.ImportFromPemFile(file);
            problem = certificates.Count == 0 ? "has no certificate in PEM form" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            problem = "cannot be read as certificates in PEM form: " + exception.Message;
            cause = exception;
        }

        return problem is null
            ? certificates
            : throw new MlValidationException(MlErrorIds.ParameterInvalid, $"The certificate file '{file}' {problem}.", MlErrorCategory.ReadError, cause) { Target = file };
    }
}
