using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Traffic;

namespace MlflowRollout.Engine.Models;

/// <summary>Makes versions of models whose content is in storage already.</summary>
internal sealed class ModelVersionWriter(WorkspaceConnection connection)
{
    /// <summary>A version; null when there is none.</summary>
    public async Task<MlModel?> FindAsync(string name, string version, CancellationToken cancellationToken)
    {
        JsonObject? body = await connection.ModelCalls.Container(name).GetMachineLearningModelVersion(version).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body is null ? null : ModelMapping.ToModel(body, name, connection);
    }

    /// <summary>Makes the version, or the next one, and reads it back.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version; null for the next one.</param>
    /// <param name="body">What is sent; has the uri of the content.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<MlModel> WriteAsync(string name, string? version, JsonObject body, CancellationToken cancellationToken)
    {
        // Two registrations of one name on this machine must not choose the same next version.
        using EndpointLocks.Holder held = await connection.Locks.AcquireAsync(connection.ModelCalls.Container(name).Id.ToString(), cancellationToken).ConfigureAwait(false);
        string chosen = version ?? await NextAsync(name, cancellationToken).ConfigureAwait(false);
        await connection.ModelCalls.Container(name).GetMachineLearningModelVersion(chosen).CreateOrUpdateAsync(body, cancellationToken).ConfigureAwait(false);
        MlModel model = await connection.ModelCalls.ReadAsync(name, chosen, cancellationToken).ConfigureAwait(false);
        JsonObject? properties = body.Object("properties");
        string? hash = properties.Object("properties").Text(ModelMapping.HashKey);
        return string.Equals(model.ModelUri, properties.Text("modelUri"), StringComparison.OrdinalIgnoreCase) || hash is null || model.ContentHash == hash
            ? model
            : throw new MlConflictException(
                MlErrorIds.ResourceConflict, $"Version {chosen} of model {name} in workspace {connection.Workspace.Name} was registered by another writer at the same time, with other content.")
            {
                Target = model,
                RecommendedAction = "Register again: the next version is taken then.",
            };
    }

    private async Task<string> NextAsync(string name, CancellationToken cancellationToken)
    {
        JsonObject? container = await connection.ModelCalls.Container(name).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return container?.Object("properties").Text("nextVersion") is { Length: > 0 } next ? next : "1";
    }
}
