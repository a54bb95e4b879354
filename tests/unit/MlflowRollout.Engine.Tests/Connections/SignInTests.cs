using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

/// <summary>The other ways to sign in.</summary>
public sealed class SignInTests : SignInTest
{
    [Fact]
    public async Task WorkloadIdentity_TokenFile_IsSentAsTheAssertion()
    {
        using FakeAuthority authority = new();
        Variables["AZURE_FEDERATED_TOKEN_FILE"] = Folder.Write("token", "planted-federated-token");
        Variables["AZURE_TENANT_ID"] = Tenant;
        Variables["AZURE_CLIENT_ID"] = "other-client";

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
        Variables["SYSTEM_OIDCREQUESTURI"] = "https://dev.azure.test/org/project/oidctoken";

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
        Variables["IDENTITY_ENDPOINT"] = "http://127.0.0.1:41999/msi/token";
        Variables["IDENTITY_HEADER"] = "planted-header";

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

    [Fact]
    public async Task ManagedIdentity_MachineHasNone_SaysSo()
    {
        using FakeAuthority authority = new() { HasIdentity = false };
        Variables["IDENTITY_ENDPOINT"] = "http://127.0.0.1:41999/msi/token";
        Variables["IDENTITY_HEADER"] = "planted-header";

        MlException error = await FailsAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.ManagedIdentity, ClientId = "99999999-0000-0000-0000-000000000004" });

        AssertSignInError(error, "ManagedIdentity", "managed identity");
        Assert.DoesNotContain("planted", error.RawBody!, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(Tenant)]
    public async Task AzureCli_AsksAzForTheControlPlane(string? tenant)
    {
        Skip.If(OperatingSystem.IsWindows(), "The fake az is a shell script.");
        using FakeAuthority authority = new();
        FakeAz($$"""printf '%s\n' "$*" > "{{Folder["asked"]}}"; echo '{"accessToken":"{{FakeAuthority.Token("https://management.azure.com")}}","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800,"tenant":"t","tokenType":"Bearer"}'""");

        await ConnectAsync(authority, new MlConnectionRequest { AuthType = MlAuthType.AzureCli, TenantId = tenant });

        string asked = await File.ReadAllTextAsync(Folder["asked"]);
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

        Assert.Single(Context.Others, message => message.Contains("ABCD-EFGH", StringComparison.Ordinal));
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

    private void FakeAz(string script)
    {
        string path = Folder.Write("bin/az", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Variables["PATH"] = $"{Folder["bin"]}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
    }
}
