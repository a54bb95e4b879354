using Azure.Core;
using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Tokens from the Az.Accounts session of the process, got by the cmdlets.</summary>
internal sealed class DelegatedCredential(Func<string, string?, CancellationToken, Task<MlAccessToken>> getToken, string? tenantId) : TokenCredential
{
    private const string DefaultScope = "/.default";

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The engine asks for tokens asynchronously only.");

    /// <inheritdoc/>
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        string scope = requestContext.Scopes[0];
        string resource = scope.EndsWith(DefaultScope, StringComparison.Ordinal) ? scope[..^DefaultScope.Length] : scope;
        try
        {
            MlAccessToken token = await getToken(resource, requestContext.TenantId ?? tenantId, cancellationToken).ConfigureAwait(false);
            return new AccessToken(Secret.Reveal(token.Token), token.ExpiresOn);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or MlException))
        {
            throw new AuthenticationFailedException($"The Az.Accounts session gave no token for {resource}: {exception.Message}", exception);
        }
    }
}
