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

    private StaticCredential(AccessToken token)
    {
        _token = token;
    }

    /// <summary>From a secret; a JSON web token tells its own end.</summary>
    public static StaticCredential From(SecureString secret)
    {
        string token = Secret.Reveal(secret);
        return new StaticCredential(new AccessToken(token, TokenClaims.Read(token).ExpiresOn ?? DateTimeOffset.MaxValue));
    }

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => _token;

    /// <inheritdoc/>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(_token);
}

/// <summary>What a token says of its holder.</summary>
/// <param name="Account">User, application or object id; null when it does not say.</param>
/// <param name="ExpiresOn">Its end; null when it does not say.</param>
internal sealed record TokenClaims(string? Account, DateTimeOffset? ExpiresOn)
{
    private static readonly string[] AccountClaims = ["upn", "preferred_username", "unique_name", "appid", "azp", "oid"];

    /// <summary>Reads a JSON web token without checking it: it is the service that does.</summary>
    public static TokenClaims Read(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return new TokenClaims(null, null);
        }

        try
        {
            string padded = parts[1].Replace('-', '+').Replace('_', '/').PadRight((parts[1].Length + 3) / 4 * 4, '=');
            JsonObject? claims = JsonBody.TryParseObject(Encoding.UTF8.GetString(Convert.FromBase64String(padded)));
            string? account = AccountClaims.Select(name => claims.Text(name)).FirstOrDefault(value => !string.IsNullOrEmpty(value));
            return new TokenClaims(account, claims.Number("exp") is { } seconds and > 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null);
        }
        catch (FormatException)
        {
            return new TokenClaims(null, null);
        }
    }
}
