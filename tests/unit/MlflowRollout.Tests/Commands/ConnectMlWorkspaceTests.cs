using System.Management.Automation;
using System.Net;
using System.Security;
using MlflowRollout.LoadContext;
using MlflowRollout.Services;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Commands;

public sealed class ConnectMlWorkspaceTests : IDisposable
{
    private const string FakeAzAccounts = """
        function Get-AzAccessToken {
            param($ResourceUrl, $TenantId, [switch] $AsSecureString)
            if ($TenantId -eq 'bad') { throw 'Run Connect-AzAccount to login.' }
            $token = [securestring]::new()
            "$ResourceUrl/$TenantId/$AsSecureString".ToCharArray() | ForEach-Object { $token.AppendChar($_) }
            [pscustomobject] @{ Token = $token; ExpiresOn = [DateTimeOffset] '2030-01-01T00:00:00Z' }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("mlflow-rollout-").FullName;
    private readonly Session _session = new();
    private readonly FakeWorkspace _workspace = new();
    private MlConnectionRequest? _request;

    public ConnectMlWorkspaceTests() => EngineHost.Substitute = Stub.Of<IMlEngine>(
        ("ConnectAsync", args =>
        {
            _request = (MlConnectionRequest)args[0]!;
            return Task.FromResult(_workspace.Client);
        }),
        ("FindConnection", _ => _workspace.Client),
        ("Connections", _ => (IReadOnlyList<IMlWorkspaceClient>)[_workspace.Client]));

    public void Dispose()
    {
        _workspace.Dispose();
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Emulator_IsNeverImplied()
    {
        Session.Run run = _session.Invoke("Connect-MlWorkspace");
        Assert.Empty(run.Errors);
        Assert.False(_request!.UseEmulator);
        Assert.NotNull(_request.ConfigurationPath);
    }

    [Fact]
    public void Emulator_PackageFoldersAreGiven_AndTheConnectionIsTheRunspaces()
    {
        Session.Run run = _session.Invoke("$null = Connect-MlWorkspace -Emulator -Ephemeral; Get-MlWorkspace | ForEach-Object Name");
        Assert.Equal("ws", Assert.Single(run.Output).ToString());
        Assert.True(_request is { UseEmulator: true, Ephemeral: true, EmulatorOptions.PackageFolders.Count: > 0 });
    }

    [Fact]
    public void Credential_OfAServicePrincipal_GivesIdAndSecret()
    {
        _session.Runspace.SessionStateProxy.SetVariable("credential", new PSCredential("app", Secret("hush")));
        Session.Run run = _session.Invoke("Connect-MlWorkspace w -AuthType ServicePrincipal -TenantId t -Credential $credential");
        Assert.Empty(run.Errors);
        Assert.Equal(("app", "hush"), (_request!.ClientId, new NetworkCredential("", _request.ClientSecret).Password));
    }

    [Fact]
    public void Combination_ThatDoesNotWork_StopsBeforeTheEngine()
    {
        Session.Run run = _session.Invoke("Connect-MlWorkspace w -AuthType AccessToken");
        Assert.StartsWith(MlErrorIds.ParameterConflict, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Null(_request);
    }

    [Fact]
    public void AzContext_WithoutAzAccounts_IsAnErrorWithTheWayOut()
    {
        Session.Run run = _session.Invoke("Connect-MlWorkspace w -AuthType AzContext");
        Assert.StartsWith(MlErrorIds.AuthenticationFailed, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Connect-AzAccount", run.SingleError.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AzContext_TokensComeFromItsCommand_OnAnyThread()
    {
        string module = Path.Combine(_folder, "Az.Accounts.psm1");
        await File.WriteAllTextAsync(module, FakeAzAccounts);
        _session.Runspace.SessionStateProxy.SetVariable("module", module);
        Session.Run run = _session.Invoke("Import-Module $module -DisableNameChecking; Connect-MlWorkspace w -AuthType AzContext");
        Assert.Empty(run.Errors);

        MlAccessToken token = await Task.Run(() => _request!.AzContextToken!("https://ml.azure.com", "t1", CancellationToken.None));
        Assert.Equal("https://ml.azure.com/t1/True", new NetworkCredential("", token.Token).Password);
        Assert.Equal(2030, token.ExpiresOn.Year);

        var error = await Assert.ThrowsAsync<MlConnectionException>(() => _request!.AzContextToken!("https://ml.azure.com", "bad", CancellationToken.None));
        Assert.Equal(MlErrorIds.AuthenticationFailed, error.ErrorId);
        Assert.Contains("Connect-AzAccount", error.Message, StringComparison.Ordinal);
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }
}
