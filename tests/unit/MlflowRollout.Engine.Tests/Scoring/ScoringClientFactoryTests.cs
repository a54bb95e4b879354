using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MlflowRollout.Engine.Scoring;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

public sealed class ScoringClientFactoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ScoringClientFactory _factory = new(TimeProvider.System, new Random(1));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://heart.example.test/score", "only https")]
    [InlineData("ftp://heart.example.test/score", "neither https nor http")]
    [InlineData("https://user:pw@heart.example.test/score", "has a user in it")]
    [InlineData("/score", "is not absolute")]
    public void Create_UnsafeAddress_Refused(string address, string expected)
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => _factory.Create(new Uri(address, UriKind.RelativeOrAbsolute), null, null, null));

        Assert.Equal(MlErrorIds.ParameterInvalid, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://heart.example.test/score")]
    [InlineData("http://127.0.0.1:8080/score")]
    [InlineData("http://localhost/score")]
    public void Create_SafeAddress_Client(string address) => Assert.NotNull(_factory.Create(new Uri(address), null, null, null));

    [Fact]
    public void Create_NoCertificateInFile_Refused()
    {
        Uri uri = new("https://127.0.0.1/score");
        Assert.Contains("no certificate", Assert.Throws<MlValidationException>(() => _factory.Create(uri, null, null, _folder.Write("empty.pem", "x"))).Message, StringComparison.Ordinal);
        Assert.Equal(MlErrorCategory.ReadError, Assert.Throws<MlValidationException>(() => _factory.Create(uri, null, null, _folder["none.pem"])).Category);
    }

    [Fact]
    public async Task SendAsync_AuthorityPinned_TrustsItAlone()
    {
        using X509Certificate2 server = MakeCertificate(out string trusted);
        using X509Certificate2 other = MakeCertificate(out string untrusted);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Uri uri = new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/score");
        Task serving = ServeAsync(listener, server);
        using SecureString key = new();
        key.AppendChar('k');

        IMlScoringClient good = _factory.Create(uri, key, null, _folder.Write("good.pem", trusted));
        MlScoringResponse response = await good.SendAsync("""{"input_data":[1]}"""u8.ToArray(), default);
        Assert.Equal(7L, response.Predictions[0].Prediction);

        IMlScoringClient bad = _factory.Create(uri, key, null, _folder.Write("bad.pem", untrusted));
        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => bad.SendAsync("""{"input_data":[1]}"""u8.ToArray(), default));
        Assert.Equal(MlErrorIds.ServiceUnreachable, error.ErrorId);
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);

        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    private static X509Certificate2 MakeCertificate(out string authority)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest rootRequest = new("CN=test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        authority = root.ExportCertificatePem();

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(root, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        using X509Certificate2 whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            try
            {
                await using SslStream stream = new(client.GetStream());
                await stream.AuthenticateAsServerAsync(certificate);
                byte[] buffer = new byte[8192];
                if (await stream.ReadAsync(buffer) > 0)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n[7]"));
                    await stream.ShutdownAsync();
                }
            }
            catch (IOException)
            {
                // The client went away, as one that does not trust the certificate does.
            }
            catch (System.Security.Authentication.AuthenticationException)
            {
            }
        }
    }
}
