using System.Security;

namespace MlflowRollout.Services;

/// <summary>
/// The engine: everything that talks to a service, a file store or another process. Created once a process in its own load context.
/// All members are thread-safe. All tasks throw <see cref="MlException"/> or <see cref="OperationCanceledException"/> and nothing else.
/// </summary>
public interface IMlEngine
{
    /// <summary>Emulators on this machine.</summary>
    IMlEmulatorControl Emulators { get; }

    /// <summary>Requests and signatures, without any call.</summary>
    IMlRequestBuilder Requests { get; }

    /// <summary>Definition files, without any call.</summary>
    IMlDefinitionReader Definitions { get; }

    /// <summary>All open connections of the process, oldest first.</summary>
    IReadOnlyList<IMlWorkspaceClient> Connections { get; }

    /// <summary>
    /// Connects to a workspace and verifies it by reading the workspace. Connecting again to the same workspace with the same account replaces the
    /// credential and keeps the connection's id.
    /// </summary>
    /// <param name="request">Target and credential.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IMlWorkspaceClient> ConnectAsync(MlConnectionRequest request, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>The open connection with that id, in whatever runspace it was made; null when it was closed.</summary>
    /// <param name="connectionId">From <see cref="MlWorkspace.ConnectionId"/> or an object's <c>ConnectionId</c>.</param>
    IMlWorkspaceClient? FindConnection(string connectionId);

    /// <summary>Closes a connection; an ephemeral emulator that belongs to it ends, with its data.</summary>
    /// <param name="connectionId">Id of the connection.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task DisconnectAsync(string connectionId, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>A scoring client for an address and key alone, without any right on the control plane.</summary>
    /// <param name="scoringUri">Absolute https address (http only for loopback).</param>
    /// <param name="key">Key or token; null for endpoints that take none.</param>
    /// <param name="deploymentName">Deployment to pin; null for the endpoint's weights.</param>
    /// <param name="caCertificateFile">PEM file of the only certificate authority to trust; null for the machine's.</param>
    IMlScoringClient CreateScoringClient(Uri scoringUri, SecureString? key, string? deploymentName, string? caCertificateFile);
}
