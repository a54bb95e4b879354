using System.Security;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using MlflowRollout.Engine.Arm;

namespace MlflowRollout.Engine.Connections;

/// <summary>A token that the caller has.</summary>
internal sealed class StaticCredential : TokenCredential
{
    private readonly AccessToken _token;
    private readonly string? _audience;
    private readonly string? _armAudience;

    private StaticCredential(AccessToken token, string? audience, string? armAudience)
    {
        _token = token;
        _audience = audience;
        _armAudience = armAudience;
    }

    /// <summary>From a secret; a JSON web token tells its own end, and what it is for.</summary>
    /// <param name="secret">The token.</param>
    /// <param name="armAudience">Audience of the control plane: a token for that is not sent to other services. Null sends it wherever it is asked for.</param>
    public static StaticCredential From(SecureString secret, string? armAudience = null)
    {
        string token = Secret.Reveal(secret);
        TokenClaims claims = TokenClaims.Read(token);
        return new StaticCredential(new AccessToken(token, claims.ExpiresOn ?? DateTimeOffset.MaxValue), claims.Audience, armAudience);
    }

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The engine asks for tokens asynchronously only.");

    /// <inheritdoc/>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        string wanted = requestContext.Scopes[0];
        bool isForArm = _armAudience is not null && wanted.StartsWith(_armAudience, StringComparison.OrdinalIgnoreCase);
        return _armAudience is null || _audience is null || isForArm || wanted.StartsWith(_audience.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase)
            ? new ValueTask<AccessToken>(_token)
            : throw new MlConnectionException(
                MlErrorIds.AuthenticationFailed,
                $"The token of -AccessToken is for {_audience}, and this call needs one for {wanted[..(wanted.LastIndexOf('/') is var end && end > 0 ? end : wanted.Length)]}.",
                MlErrorCategory.AuthenticationError)
            {
                RecommendedAction = "Sign in another way (-AuthType), so that a token for each service can be had.",
            };
    }
}

/// <summary>What a token says of its holder.</summary>
/// <param name="Account">User, application or object id; null when it does not say.</param>
/// <param name="ExpiresOn">Its end; null when it does not say.</param>
/// <param name="Audience">What it is for; null when it does not say.</param>
internal sealed record TokenClaims(string? Account, DateTimeOffset? ExpiresOn, string? Audience)
{
    private static readonly string[] AccountClaims = ["upn", "preferred_username", "unique_name", "appid", "azp", "oid"];

    /// <summary>Reads a JSON web token without checking it: it is the service that does.</summary>
    public static TokenClaims Read(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return new TokenClaims(null, null, null);
        }

        try
        {
            string padded = parts[1].Replace('-', '+').Replace('_', '/').PadRight((parts[1].Length + 3) / 4 * 4, '=');
            JsonObject? claims = JsonBody.TryParseObject(Encoding.UTF8.GetString(Convert.FromBase64String(padded)));
            string? account = AccountClaims.Select(name => claims.Text(name)).FirstOrDefault(value => !string.IsNullOrEmpty(value));
            return new TokenClaims(account, claims.Number("exp") is { } seconds and > 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null, claims.Text("aud"));
        }
        catch (FormatException)
        {
            return new TokenClaims(null, null, null);
        }
    }
}
