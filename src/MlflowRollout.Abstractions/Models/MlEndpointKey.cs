using System.Security;

namespace MlflowRollout;

/// <summary>One key of an endpoint.</summary>
public sealed class MlEndpointKey
{
    /// <summary>Endpoint.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>Workspace.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>The connection it came through.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>Which key.</summary>
    public MlKeyType KeyType { get; set; }

    /// <summary>The key. A secret.</summary>
    public SecureString? Key { get; set; }

    /// <summary>Endpoint and key type; never the key.</summary>
    public override string ToString() => $"{EndpointName} ({KeyType})";
}
