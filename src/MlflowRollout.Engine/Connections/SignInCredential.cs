using Azure.Core;
using Azure.Identity;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>A credential whose failures are this module's errors, with the way out for the way to sign in that was chosen.</summary>
internal sealed class SignInCredential(TokenCredential inner, MlAuthType type) : TokenCredential
{
    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The engine asks for tokens asynchronously only.");

    /// <inheritdoc/>
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.GetTokenAsync(requestContext, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationFailedException exception)
        {
            throw exception.InnerException as MlException ?? SignInErrors.From(exception, type);
        }
    }
}
