using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>
/// Copies versions to another workspace. The content goes from storage to storage in blocks, is hashed on the way, and the version is made only when the hash is
/// that of the source. Content that the other workspace has already is not sent.
/// </summary>
internal sealed class ModelCopy(WorkspaceConnection connection)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);
    private static readonly string[] Kept = ["description", "modelType", "flavors", "stage"];

    /// <summary>Copies a version; null when the caller did not give leave.</summary>
    public async Task<MlModel?> CopyAsync(string name, string version, MlModelCopy copy, IMlOperationContext context, CancellationToken cancellationToken)
    {
        WorkspaceConnection destination = (WorkspaceConnection)copy.Destination;
        string newName = copy.Name ?? name;
        string? newVersion = copy.NextVersion ? null : copy.Version ?? version;
        ResourceNames.CheckModel(newName);
        if (newVersion is not null)
        {
            ResourceNames.CheckVersion(newVersion);
        }

        JsonObject body = await connection.ModelCalls.ReadBodyAsync(name, version, cancellationToken).ConfigureAwait(false);
        MlModel source = ModelMapping.ToModel(body, name, connection);
        bool sameWorkspace = string.Equals(destination.Workspace.ConnectionId, connection.Workspace.ConnectionId, StringComparison.Ordinal);
        if (sameWorkspace && newName == name && newVersion == version)
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"Model {source.Reference} would be copied onto itself in workspace {connection.Workspace.Name}. Nothing was changed.")
            {
                Target = source,
                RecommendedAction = "Name another workspace with -Destination, or another name or version with -DestinationName or -DestinationVersion.",
            };
        }

        StoredContent content = await connection.ModelCalls.Files.FindAsync(source, cancellationToken).ConfigureAwait(false);
        string hash = source.ContentHash ?? await ReadHashAsync(content, source, context, cancellationToken).ConfigureAwait(false);
        ModelVersionWriter writer = new(destination);
        if (newVersion is null && copy.ReuseUnchanged
            && await destination.ModelCalls.FindLatestAsync(newName, includeArchived: false, cancellationToken).ConfigureAwait(false) is { } newest
            && IsSame(newest, hash))
        {
            context.Verbose($"The content of {newest.Reference} in workspace {destination.Workspace.Name} is the same; no new version is made.");
            return newest;
        }

        if (newVersion is not null && await writer.FindAsync(newName, newVersion, cancellationToken).ConfigureAwait(false) is { } existing)
        {
            return await UseExistingAsync(existing, source, hash, copy, destination, context, cancellationToken).ConfigureAwait(false);
        }

        string shown = newVersion is null ? newName : $"{newName}:{newVersion}";
        if (!await context.ConfirmAsync($"model {shown} in workspace {destination.Workspace.Name}", $"Copy from {connection.ModelCalls.Describe(name, version)}").ConfigureAwait(false))
        {
            return null;
        }

        string uri = await SendAsync(content, hash, source, destination, newName, newVersion, context, cancellationToken).ConfigureAwait(false);
        MlModel made = await writer.WriteAsync(newName, newVersion, Body(body, source, hash, uri), cancellationToken).ConfigureAwait(false);
        made.Signature = await destination.ModelCalls.GetSignatureAsync(made, cancellationToken).ConfigureAwait(false);
        return made;
    }

    private static bool IsSame(MlModel model, string hash) => string.Equals(model.ContentHash, hash, StringComparison.OrdinalIgnoreCase);

    private async Task<string> ReadHashAsync(StoredContent content, MlModel source, IMlOperationContext context, CancellationToken cancellationToken)
    {
        // Registered by another client: what it holds is known only by reading it.
        using TransferProgress progress = new(context, connection.TimeProvider, $"Reading {source.Name}:{source.Version}", content.TotalLength, ProgressInterval);
        return await content.ComputeHashAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> SendAsync(
        StoredContent content,
        string hash,
        MlModel source,
        WorkspaceConnection destination,
        string newName,
        string? newVersion,
        IMlOperationContext context,
        CancellationToken cancellationToken)
    {
        using ContentHash sent = new();
        void CheckSent()
        {
            string found = sent.Finish();
            if (!string.Equals(found, hash, StringComparison.OrdinalIgnoreCase))
            {
                throw ModelContentErrors.Mismatch(source, $"the hash of its files is {found}, and it was registered with {hash}", $"No version was made in workspace {destination.Workspace.Name}.");
            }
        }

        UploadedContent uploaded = await new ModelUpload(destination).UploadAsync(
            new ModelUpload.Content(content.Name, content.IsFolder, [.. content.Files.Select(file => new HashedFile(file, sent))], hash)
            {
                Activity = $"Copying {source.Name}:{source.Version} to {destination.Workspace.Name}",
                ParallelFiles = 1,
                BeforeCompletion = CheckSent,
            },
            newName,
            newVersion,
            context,
            cancellationToken).ConfigureAwait(false);
        return uploaded.LongUri;
    }

    private static async Task<MlModel?> UseExistingAsync(
        MlModel existing, MlModel source, string hash, MlModelCopy copy, WorkspaceConnection destination, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string where = $"Model {existing.Name}:{existing.Version} in workspace {destination.Workspace.Name}";
        if (copy.IfExists is not (MlIfExists.Skip or MlIfExists.Update))
        {
            throw new MlAlreadyExistsException(MlErrorIds.ModelAlreadyExists, $"{where} exists already. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = "Say -NextVersion to make the next one, or -IfExists Skip or -IfExists Update.",
            };
        }

        if (!IsSame(existing, hash))
        {
            throw new MlConflictException(
                MlErrorIds.ModelAlreadyExists, $"{where} exists, and its content is not that of {source.Reference} in workspace {source.WorkspaceName}. The content of a version never changes. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = "Say -NextVersion to make the next one, or name another with -DestinationVersion.",
            };
        }

        return copy.IfExists == MlIfExists.Skip
            ? existing
            : await destination.ModelCalls.UpdateAsync(
                existing.Name,
                existing.Version!.Value,
                new MlModelChanges
                {
                    Description = source.Description,
                    Stage = source.Stage,
                    Tags = TagsOf(source).ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
                },
                context,
                cancellationToken).ConfigureAwait(false);
    }

    private static Dictionary<string, string> TagsOf(MlModel source) => new(source.Tags, StringComparer.OrdinalIgnoreCase)
    {
        [ModelLineage.WorkspaceTag] = source.Id[..source.Id.IndexOf("/models/", StringComparison.OrdinalIgnoreCase)],
        [ModelLineage.ModelTag] = source.Name,
        [ModelLineage.VersionTag] = source.Version!.Value,
    };

    private static JsonObject Body(JsonObject read, MlModel source, string hash, string uri)
    {
        JsonObject from = read.Object("properties")!;
        JsonObject properties = [];
        foreach (string member in Kept)
        {
            if (from.Member(member) is { } value)
            {
                properties[member] = value.DeepClone();
            }
        }

        // What the service or another client noted of the source is not true of the copy.
        JsonObject entries = JsonBody.FromTexts(source.Properties.Where(entry => !entry.Key.StartsWith("azureml.", StringComparison.OrdinalIgnoreCase) && entry.Key != ModelMapping.ForeignHashKey));
        entries[ModelMapping.HashKey] = hash;
        properties["modelUri"] = uri;
        properties["tags"] = JsonBody.FromTexts(TagsOf(source));
        properties["properties"] = entries;
        properties["isAnonymous"] = false;
        properties["isArchived"] = false;
        return new JsonObject { ["properties"] = properties };
    }
}
