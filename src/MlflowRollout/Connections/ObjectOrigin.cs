namespace MlflowRollout.Connections;

/// <summary>Where an object came from.</summary>
/// <param name="ConnectionId">Connection; null or empty for a plain name.</param>
/// <param name="WorkspaceName">Workspace, for messages.</param>
/// <param name="Description">What it is, for messages: <c>Endpoint 'heart'</c>.</param>
internal sealed record ObjectOrigin(string? ConnectionId, string? WorkspaceName, string Description);
