namespace MlflowRollout;

/// <summary>Both traffic maps of an endpoint at one moment. Piped to <c>Set-MlTraffic</c> it restores them.</summary>
public sealed class MlTraffic
{
    /// <summary>Endpoint.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>Workspace.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>The connection it came through.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>Live weights in percent, with explicit zeros.</summary>
    public MlTrafficMap Traffic { get; set; } = [];

    /// <summary>Mirrored weights in percent.</summary>
    public MlTrafficMap MirrorTraffic { get; set; } = [];

    /// <summary>The live weights, as in <c>blue=90 green=10</c>.</summary>
    public override string ToString() => Traffic.ToString();
}
