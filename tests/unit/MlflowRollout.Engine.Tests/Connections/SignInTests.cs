using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

/// <summary>Each way to sign in, up to the credential's own requests: what was asked of whom, and that nothing secret is said.</summary>
[Collection("process environment")]
public sealed class SignInTests : IDisposable
{
    private const string Tenant = "99999999-0000-0000-0000-000000000001";
    private const string Client = "99999999-0000-0000-0000-000000000002";
    private const string ArmScope = "https://management.azure.com/.default";

    private static readonly string[] IdentityVariables =
        ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET", "IDENTITY_SERVER_THUMBPRINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
         "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST", "SYSTEM_OIDCREQUESTURI", "AZURE_TOKEN_CREDENTIALS"];

    private readonly ProcessEnvironment _variables = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingContext _context = new();

    public SignInTests()
    {
        foreach (string name in IdentityVariables)
        {
            _variables[name] = null;
        }
    }

    public void Dispose()
    {
        _variables.Dispose();
        _folder.Dispose();
    }

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
    public async Task WorkloadIdentity_TokenFile_IsSentAsTheAssertion()
    {
        using FakeAuthority authority = new();
        _variables["AZURE_FEDERATED_TOKEN_FILE"] = _folder.Write("token", "planted-federated-token");
        _variables["AZURE_TENANT_ID"] = Tenant;
        _variables["AZURE_CLIENT_ID"] = "other-client";

        await ConnectAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.WorkloadIdentity, ClientId = Client });

        (Uri address, Dictionary<string, string> form) = Assert.Single(authority.Tokens);
        Assert.Equal($"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0/token", address.AbsoluteUri);
        Assert.Equal((Client, ArmScope, "planted-federated-token"), (form["client_id"], form["scope"], form["client_assertion"]));
        AssertNothingSecretWasSaid();
    }

    [Fact]
    public async Task WorkloadIdentity_NotSetUp_NamesTheVariables()
    {
        using FakeAuthority authority = new();

        MlException error = await FailsAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.WorkloadIdentity });

        AssertSignInError(error, "WorkloadIdentity", "AZURE_FEDERATED_TOKEN_FILE");
        Assert.Empty(authority.Calls);
    }

    [Fact]
    public async Task AzurePipelines_JobToken_IsTradedForAnAssertion()
    {
        using FakeAuthority authority = new();
        _variables["SYSTEM_OIDCREQUESTURI"] = "https://dev.azure.test/org/project/oidctoken";

        await ConnectAsync(authority, new MlConnectionRequest
        {
            AuthType = MlAuthType.AzurePipelines,
            TenantId = Tenant,
            ClientId = Client,
            ServiceConnectionId = "connection-7",
            AccessToken = Secret.From("planted-job-token"),
        });

        HttpRequestMessage asked = authority.Others.First();
        Assert.Contains("serviceConnectionId=connection-7", asked.RequestUri!.Query, StringComparison.Ordinal);
        Assert.Equal("Bearer planted-job-token", asked.Headers.Authorization!.ToString());
        Dictionary<string, string> form = Assert.Single(authority.Tokens).Form;
        Assert.Equal((Client, ArmScope, "planted-oidc-token"), (form["client_id"], form["scope"], form["client_assertion"]));
        AssertNothingSecretWasSaid();
    }

    [Fact]
    public async Task AzurePipelines_OutsideOfAJob_SaysWhereItWorks()
    {
        using FakeAuthority authority = new();

        MlException error = await FailsAsync(
            authority,
            new MlConnectionRequest { AuthType = MlAuthType.AzurePipelines, TenantId = Tenant, ClientId = Client, ServiceConnectionId = "c", AccessToken = Secret.From("planted-job-token") });

        AssertSignInError(error, "AzurePipelines", "Azure DevOps job");
        Assert.DoesNotContain("planted", error.RawBody!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Client)]
    public async Task ManagedIdentity_AppServiceAndAutomation_AsksTheMachinesEndpoint(string? client)
    {
        using FakeAuthority authority = new();
        _variables["IDENTITY_ENDPOINT"] = "http://127.0.0.1:41999/msi/token";
        _variables["IDENTITY_HEADER"] = "planted-header";

        MlWorkspace workspace = await ConnectAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.ManagedIdentity, ClientId = client });

        HttpRequestMessage asked = authority.Others.First();
        string query = Uri.UnescapeDataString(asked.RequestUri!.Query);
        Assert.Equal("http://127.0.0.1:41999/msi/token", asked.RequestUri.GetLeftPart(UriPartial.Path));
        Assert.Contains("resource=https://management.azure.com", query, StringComparison.Ordinal);
        Assert.Equal(client is not null, query.Contains($"client_id={Client}", StringComparison.Ordinal));
        Assert.Equal("planted-header", Assert.Single(asked.Headers.GetValues("X-IDENTITY-HEADER")));
        Assert.Equal("app-1", workspace.Account);
        AssertNothingSecretWasSaid();
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(Tenant)]
    public async Task AzureCli_AsksAzForTheControlPlane(string? tenant)
    {
        Skip.If(OperatingSystem.IsWindows(), "The fake az is a shell script.");
        using FakeAuthority authority = new();
        FakeAz($$"""printf '%s\n' "$*" > "{{_folder["asked"]}}"; echo '{"accessToken":"{{FakeAuthority.Token("https://management.azure.com")}}","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800,"tenant":"t","tokenType":"Bearer"}'""");

        await ConnectAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.AzureCli, TenantId = tenant });

        string asked = await File.ReadAllTextAsync(_folder["asked"]);
        Assert.Contains("account get-access-token", asked, StringComparison.Ordinal);
        Assert.Contains("https://management.azure.com", asked, StringComparison.Ordinal);
        Assert.Equal(tenant is not null, asked.Contains($"--tenant {Tenant}", StringComparison.Ordinal));
        AssertNothingSecretWasSaid();
    }

    [SkippableFact]
    public async Task AzureCli_NotLoggedIn_SaysAzLogin()
    {
        Skip.If(OperatingSystem.IsWindows(), "The fake az is a shell script.");
        using FakeAuthority authority = new();
        FakeAz("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");

        AssertSignInError(await FailsAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.AzureCli }), "AzureCli", "az login");
    }

    [Fact]
    public async Task DeviceCode_TheCodeIsAWarning_AndTheTokenComes()
    {
        using FakeAuthority authority = new();

        await ConnectAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.DeviceCode, TenantId = Tenant, ClientId = Client });

        Assert.Single(_context.Others, message => message.Contains("ABCD-EFGH", StringComparison.Ordinal));
        Dictionary<string, string> form = authority.Tokens.Last().Form;
        Assert.Equal((Client, "planted-device-code"), (form["client_id"], form.GetValueOrDefault("device_code") ?? form.GetValueOrDefault("code")));
        Assert.Contains(ArmScope, form["scope"], StringComparison.Ordinal);
        AssertNothingSecretWasSaid();
    }

    [Fact]
    public async Task AzContext_TokenOfTheSession_IsAskedForTheResourceAndTenant()
    {
        using FakeAuthority authority = new();
        List<(string Resource, string? Tenant)> asked = [];

        await ConnectAsync(authority, new MlConnectionRequest
        {
            AuthType = MlAuthType.AzContext,
            TenantId = Tenant,
            AzContextToken = (resource, tenant, _) =>
            {
                asked.Add((resource, tenant));
                return Task.FromResult(new MlAccessToken(Secret.From(FakeAuthority.Token(resource)), DateTimeOffset.MaxValue));
            },
        });

        Assert.All(asked, one => Assert.Equal(("https://management.azure.com", Tenant), one));
        Assert.NotEmpty(asked);
    }

    [Fact]
    public async Task AzContext_SessionRefuses_SaysConnectAzAccount()
    {
        using FakeAuthority authority = new();

        MlException error = await FailsAsync(authority, new MlConnectionRequest
        {
            AuthType = MlAuthType.AzContext,
            AzContextToken = (_, _, _) => throw new InvalidOperationException("Run Connect-AzAccount to login."),
        });

        AssertSignInError(error, "AzContext", "Connect-AzAccount");
    }

    [Fact]
    public async Task AccessToken_IsUsedAsItIs_ForTheControlPlaneAlone()
    {
        using FakeAuthority authority = new();
        string token = FakeAuthority.Token("https://management.azure.com", "someone@example.com");
        MlConnectionRequest request = new() { AuthType = MlAuthType.AccessToken, AccessToken = Secret.From(token) };

        MlWorkspace workspace = await ConnectAsync(authority, request);

        Assert.Equal(token, Assert.Single(authority.Others).Headers.Authorization!.Parameter);
        Assert.Equal("someone@example.com", workspace.Account);
        MlConnectionException error = await Assert.ThrowsAsync<MlConnectionException>(async () =>
            await StaticCredential.From(Secret.From(token), "https://management.azure.com").GetTokenAsync(new Azure.Core.TokenRequestContext(["https://storage.azure.com/.default"]), default));
        Assert.Contains("https://storage.azure.com", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", error.Message, StringComparison.Ordinal);
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

    private async Task<MlWorkspace> ConnectAsync(FakeAuthority authority, MlConnectionRequest request)
    {
        MlEngine engine = Engine(authority);
        IMlWorkspaceClient client = await engine.ConnectAsync(Targeted(request), _context, CancellationToken.None);
        return client.Workspace;
    }

    private Task<MlException> FailsAsync(FakeAuthority authority, MlConnectionRequest request) =>
        Record(() => Engine(authority).ConnectAsync(Targeted(request), _context, CancellationToken.None));

    private static async Task<MlException> Record(Func<Task> call) => Assert.IsAssignableFrom<MlException>(await Xunit.Record.ExceptionAsync(call));

    private MlEngine Engine(FakeAuthority authority) => new(TimeProvider.System, new Random(1), _folder["state"], _ => null, () => authority);

    private static MlConnectionRequest Targeted(MlConnectionRequest request) => new()
    {
        SubscriptionId = FakeAuthority.Subscription,
        ResourceGroupName = "group",
        WorkspaceName = "space",
        Environment = request.Environment,
        AuthType = request.AuthType,
        TenantId = request.TenantId,
        ClientId = request.ClientId,
        ClientSecret = request.ClientSecret,
        CertificatePath = request.CertificatePath,
        CertificatePassword = request.CertificatePassword,
        ServiceConnectionId = request.ServiceConnectionId,
        AccessToken = request.AccessToken,
        AzContextToken = request.AzContextToken,
    };

    private static void AssertSignInError(MlException error, string type, string way)
    {
        Assert.Equal((MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, true), (error.ErrorId, error.Category, error.IsTerminating));
        Assert.StartsWith($"Signing in by {type} failed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("troubleshooting", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(way, error.RecommendedAction!, StringComparison.Ordinal);
    }

    private void AssertNothingSecretWasSaid() =>
        Assert.DoesNotContain([.. _context.Others, .. _context.Informations, .. _context.Questions], message => message.Contains("planted", StringComparison.Ordinal));

    private static JsonObject Part(string token, int part)
    {
        string text = token.Split('.')[part].Replace('-', '+').Replace('_', '/');
        return (JsonObject)JsonNode.Parse(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')))!;
    }

    private void FakeAz(string script)
    {
        string path = _folder.Write("bin/az", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _variables["PATH"] = $"{_folder["bin"]}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
    }

    private (string Path, string? Password, string Thumbprint) WriteCertificate(string form)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=planted", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2045, 1, 1, 0, 0, 0, TimeSpan.Zero));
        string thumbprint = Convert.ToBase64String(SHA256.HashData(certificate.RawData)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        string path = _folder["certificate.bin"];
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
