using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.ResourceManager;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Connections;

/// <summary>Credential, pooled handler and control-plane client of a connection.</summary>
internal sealed class ConnectionSession : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a session. The handler is owned.</summary>
    public ConnectionSession(TokenCredential credential, HttpMessageHandler handler, CloudSettings cloud, bool isEmulator, TimeProvider timeProvider, Random random)
    {
        Credential = credential;
        Handler = handler;
        Cloud = cloud;
        IsEmulator = isEmulator;
        _http = new HttpClient(handler, disposeHandler: false) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        Transport = new HttpClientTransport(_http);
        ArmClientOptions options = new()
        {
            Environment = new ArmEnvironment(cloud.ArmEndpoint, cloud.ArmAudience),
            Transport = Transport,
            RetryPolicy = new ServiceRetryPolicy(timeProvider, random),
        };
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.ApplicationId = "MlflowRollout";
        Client = new ArmClient(credential, Guid.Empty.ToString(), options);
    }

    /// <summary>Signs in.</summary>
    public TokenCredential Credential { get; }

    /// <summary>The one pooled handler.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>Addresses.</summary>
    public CloudSettings Cloud { get; }

    /// <summary>True for an emulator.</summary>
    public bool IsEmulator { get; }

    /// <summary>The handler as a transport of Azure clients.</summary>
    public HttpPipelineTransport Transport { get; }

    /// <summary>Control plane.</summary>
    public ArmClient Client { get; }

    /// <summary>A token for other services (storage, scoring).</summary>
    public async Task<AccessToken> GetTokenAsync(string[] scopes, CancellationToken cancellationToken)
    {
        try
        {
            // As the control plane's pipeline asks: another kind of token would be another sign-in, and a person would have to sign in twice.
            return await Credential.GetTokenAsync(new TokenRequestContext(scopes, isCaeEnabled: true), cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationFailedException exception)
        {
            throw SignInErrors.From(exception, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        Handler.Dispose();
    }
}
