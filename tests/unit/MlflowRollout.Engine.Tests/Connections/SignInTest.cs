using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

/// <summary>A test of a way to sign in, up to the credential's own requests: what was asked of whom, and that nothing secret is said.</summary>
[Collection("process environment")]
public abstract class SignInTest : IDisposable
{
    private protected const string Tenant = "99999999-0000-0000-0000-000000000001";
    private protected const string Client = "99999999-0000-0000-0000-000000000002";
    private protected const string ArmScope = "https://management.azure.com/.default";

    private static readonly string[] IdentityVariables =
        ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET", "IDENTITY_SERVER_THUMBPRINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
         "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST", "SYSTEM_OIDCREQUESTURI", "AZURE_TOKEN_CREDENTIALS"];

    private protected ProcessEnvironment Variables { get; } = new();

    private protected TemporaryFolder Folder { get; } = new();

    private protected RecordingContext Context { get; } = new();

    protected SignInTest()
    {
        foreach (string name in IdentityVariables)
        {
            Variables[name] = null;
        }
    }

    public void Dispose()
    {
        Variables.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<MlWorkspace> ConnectAsync(FakeAuthority authority, MlConnectionRequest request)
    {
        MlEngine engine = Engine(authority);
        IMlWorkspaceClient client = await engine.ConnectAsync(Targeted(request), Context, CancellationToken.None);
        return client.Workspace;
    }

    private protected Task<MlException> FailsAsync(FakeAuthority authority, MlConnectionRequest request) =>
        Record(() => Engine(authority).ConnectAsync(Targeted(request), Context, CancellationToken.None));

    private static async Task<MlException> Record(Func<Task> call) => Assert.IsAssignableFrom<MlException>(await Xunit.Record.ExceptionAsync(call));

    private MlEngine Engine(FakeAuthority authority) => new(TimeProvider.System, new Random(1), Folder["state"], _ => null, () => authority);

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

    private protected static void AssertSignInError(MlException error, string type, string way)
    {
        Assert.Equal((MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, true), (error.ErrorId, error.Category, error.IsTerminating));
        Assert.StartsWith($"Signing in by {type} failed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("troubleshooting", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(way, error.RecommendedAction!, StringComparison.Ordinal);
    }

    private protected void AssertNothingSecretWasSaid() =>
        Assert.DoesNotContain([.. Context.Others, .. Context.Informations, .. Context.Questions], message => message.Contains("planted", StringComparison.Ordinal));
}
