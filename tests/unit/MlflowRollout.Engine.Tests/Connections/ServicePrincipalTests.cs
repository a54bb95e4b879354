using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

/// <summary>Applications, by secret and by certificate.</summary>
public sealed class ServicePrincipalTests : SignInTest
{
    [Theory]
    [InlineData(MlCloudEnvironment.AzureCloud, "login.microsoftonline.com", "https://management.azure.com")]
    [InlineData(MlCloudEnvironment.AzureUSGovernment, "login.microsoftonline.us", "https://management.usgovcloudapi.net")]
    [InlineData(MlCloudEnvironment.AzureChinaCloud, "login.chinacloudapi.cn", "https://management.chinacloudapi.cn")]
    public async Task ServicePrincipal_Secret_AsksTheCloudsOwnAuthorityForItsControlPlane(MlCloudEnvironment cloud, string host, string arm)
    {
        using FakeAuthority authority = new();

        MlWorkspace workspace = await ConnectAsync(authority, new MlConnectionRequest
        {
            Environment = cloud,
            AuthType = MlAuthType.ServicePrincipal,
            TenantId = Tenant,
            ClientId = Client,
            ClientSecret = Secret.From("planted-secret"),
        });

        (Uri address, Dictionary<string, string> form) = Assert.Single(authority.Tokens);
        Assert.Equal($"https://{host}/{Tenant}/oauth2/v2.0/token", address.AbsoluteUri);
        Assert.Equal((Client, $"{arm}/.default", "client_credentials", "planted-secret"), (form["client_id"], form["scope"], form["grant_type"], form["client_secret"]));
        HttpRequestMessage read = Assert.Single(authority.Others);
        Assert.Equal(new Uri(arm).Host, read.RequestUri!.Host);
        Assert.Equal(FakeAuthority.Token(arm), read.Headers.Authorization!.Parameter);
        Assert.Equal(("app-1", "space", MlWorkspaceKind.Azure, "westeurope"), (workspace.Account, workspace.Name, workspace.Kind, workspace.Location));
        AssertNothingSecretWasSaid();
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("encrypted pem")]
    [InlineData("pfx")]
    [InlineData("pfx with password")]
    public async Task ServicePrincipal_Certificate_SignsAnAssertionWithIt(string form)
    {
        using FakeAuthority authority = new();
        (string path, string? password, string thumbprint) = WriteCertificate(form);

        await ConnectAsync(authority, new MlConnectionRequest
        {
            AuthType = MlAuthType.ServicePrincipal,
            TenantId = Tenant,
            ClientId = Client,
            CertificatePath = path,
            CertificatePassword = password is null ? null : Secret.From(password),
        });

        Dictionary<string, string> sent = Assert.Single(authority.Tokens).Form;
        Assert.Equal((Client, ArmScope, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), (sent["client_id"], sent["scope"], sent["client_assertion_type"]));
        JsonObject header = Part(sent["client_assertion"], 0);
        Assert.Equal(thumbprint, (string?)header["x5t#S256"] ?? (string?)header["x5t"]);
        Assert.NotNull(header["x5c"]);
        JsonObject claims = Part(sent["client_assertion"], 1);
        Assert.Equal((Client, Client), ((string?)claims["iss"], (string?)claims["sub"]));
        Assert.Contains(Tenant, (string?)claims["aud"], StringComparison.Ordinal);
        AssertNothingSecretWasSaid();
    }

    [Theory]
    [InlineData("no key", "private key")]
    [InlineData("pfx with password", "cannot be used")]
    [InlineData("nonsense", "cannot be used")]
    public async Task ServicePrincipal_CertificateThatCannotBeUsed_SaysSoBeforeAnyCall(string form, string words)
    {
        using FakeAuthority authority = new();
        (string path, _, _) = WriteCertificate(form);

        MlException error = await FailsAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.ServicePrincipal, TenantId = Tenant, ClientId = Client, CertificatePath = path });

        Assert.Equal(MlErrorIds.AuthenticationFailed, error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Empty(authority.Calls);
    }

    [Theory]
    [InlineData("AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value.", "AADSTS7000215: Invalid client secret provided", "not its id")]
    [InlineData("AADSTS7000222: The provided client secret keys for app are expired.", "AADSTS7000222: The provided client secret keys", "expired")]
    [InlineData("AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.", "was not found in the directory", "-ClientId and -TenantId")]
    [InlineData("AADSTS90002: Tenant 'x' not found.", "Tenant 'x' not found", "-TenantId")]
    [InlineData("AADSTS999999: Something new.", "AADSTS999999: Something new", "-TenantId, the application's id")]
    public async Task ServicePrincipal_Refused_OneLineCauseWayOutAndCorrelation(string refusal, string cause, string way)
    {
        using FakeAuthority authority = new()
        {
            Refusal = $"{refusal} Trace ID: aaaaaaaa-0000-0000-0000-000000000000 Correlation ID: 11111111-2222-3333-4444-555555555555 Timestamp: 2026-01-01 00:00:00Z",
        };

        MlException error = await FailsAsync(
            authority, new MlConnectionRequest { AuthType = MlAuthType.ServicePrincipal, TenantId = Tenant, ClientId = Client, ClientSecret = Secret.From("planted-secret") });

        Assert.Equal((MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, true), (error.ErrorId, error.Category, error.IsTerminating));
        Assert.StartsWith("Signing in by ServicePrincipal failed: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Trace ID", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(way, error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Equal(refusal[..refusal.IndexOf(':', StringComparison.Ordinal)], error.ServiceErrorCode);
        Assert.Equal("11111111-2222-3333-4444-555555555555", error.CorrelationId);
        Assert.DoesNotContain("planted", $"{error.Message}{error.RawBody}{error.RecommendedAction}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenant_ThatCannotBeOne_IsAnErrorOfOurs()
    {
        using FakeAuthority authority = new();

        MlException error = await FailsAsync(
            authority, new MlConnectionRequest { AuthType = MlAuthType.ServicePrincipal, TenantId = "not a tenant!", ClientId = Client, ClientSecret = Secret.From("planted-secret") });

        Assert.Equal(MlErrorIds.ParameterInvalid, error.ErrorId);
        Assert.Contains("-TenantId", error.RecommendedAction!, StringComparison.Ordinal);
    }

    private static JsonObject Part(string token, int part)
    {
        string text = token.Split('.')[part].Replace('-', '+').Replace('_', '/');
        return (JsonObject)JsonNode.Parse(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')))!;
    }

    private (string Path, string? Password, string Thumbprint) WriteCertificate(string form)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=planted", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2045, 1, 1, 0, 0, 0, TimeSpan.Zero));
        string thumbprint = Convert.ToBase64String(SHA256.HashData(certificate.RawData)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        string path = Folder["certificate.bin"];
        switch (form)
        {
            case "pem":
                File.WriteAllText(path, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
                return (path, null, thumbprint);
            case "encrypted pem":
                File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportEncryptedPkcs8PrivateKeyPem("planted-password", encryption)}\n");
                return (path, "planted-password", thumbprint);
            case "no key":
                File.WriteAllText(path, certificate.ExportCertificatePem());
                return (path, null, thumbprint);
            case "nonsense":
                File.WriteAllText(path, "no certificate");
                return (path, null, thumbprint);
            default:
                string? password = form == "pfx" ? null : "planted-password";
                File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
                return (path, password, thumbprint);
        }
    }
}
