using System.Security;

namespace MlflowRollout.Services;

/// <summary>A bearer token with its end.</summary>
/// <param name="Token">The token. A secret.</param>
/// <param name="ExpiresOn">When it ends (UTC).</param>
public sealed record MlAccessToken(SecureString Token, DateTimeOffset ExpiresOn);
