using System.Security;

namespace MlflowRollout;

/// <summary>A token for an endpoint that authenticates with tokens.</summary>
public sealed class MlEndpointToken
{
    /// <summary>Endpoint.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>Workspace.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>The connection it came through.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>The token. A secret.</summary>
    public SecureString? Token { get; set; }

    /// <summary>Kind of token, usually <c>Bearer</c>.</summary>
    public string TokenType { get; set; } = "Bearer";

    /// <summary>When it ends (UTC).</summary>
    public DateTimeOffset? ExpiresOn { get; set; }

    /// <summary>When to get a new one (UTC).</summary>
    public DateTimeOffset? RefreshOn { get; set; }

    /// <summary>Endpoint and end; never the token.</summary>
    public override string ToString() => $"{EndpointName} (until {ExpiresOn:u})";
}
