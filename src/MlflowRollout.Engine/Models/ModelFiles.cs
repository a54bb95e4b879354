using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Models;

/// <summary>Files of registered models in the workspace's storage.</summary>
internal sealed class ModelFiles(WorkspaceConnection connection)
{
    /// <summary>Finds all files of a model.</summary>
    /// <exception cref="MlValidationException">They are where this module cannot read them.</exception>
    /// <exception cref="MlNotFoundException">There are none.</exception>
    public async Task<StoredContent> FindAsync(MlModel model, CancellationToken cancellationToken)
    {
        if (Datastore.FindModelPath(model.ModelUri) is not { } place || IsForeign(model.ModelUri!))
        {
            throw OutOfReach(model, $"they are at {model.ModelUri}, which is in no datastore of workspace {connection.Workspace.Name}");
        }

        Datastore datastore = await Datastore.TryOpenAsync(connection, place.Datastore, cancellationToken).ConfigureAwait(false)
            ?? throw OutOfReach(model, $"workspace {connection.Workspace.Name} has no datastore of blobs named {place.Datastore}");
        IReadOnlyList<StoredFile> files = await StorageErrors.RunAsync(
            datastore.Container.Uri, () => ListAsync(datastore.Container, place.Path, cancellationToken)).ConfigureAwait(false);
        bool isFolder = files.Count > 0;
        if (!isFolder && await FindBlobAsync(datastore.Container, place.Path, cancellationToken).ConfigureAwait(false) is { } single)
        {
            files = [single];
        }

        return files.Count > 0
            ? new StoredContent(place.Path[(place.Path.LastIndexOf('/') + 1)..], isFolder, datastore.Container.Uri, files)
            : throw new MlNotFoundException(
                MlErrorIds.ModelFilesNotFound, $"Model {model.Reference} in workspace {connection.Workspace.Name} is registered, but its files are gone: there is nothing at {place.Datastore}/{place.Path}.")
            {
                Target = model,
                RecommendedAction = "Register the model again from its folder (Register-MlModel).",
            };
    }

    /// <summary>A file of a model; null when there is none or the role does not allow reading it.</summary>
    public async Task<byte[]?> ReadAsync(MlModel model, string relativePath, CancellationToken cancellationToken)
    {
        if (Datastore.FindPath(model.ModelUri) is not { } place || IsForeign(model.ModelUri!))
        {
            return null;
        }

        try
        {
            Datastore? datastore = await Datastore.TryOpenAsync(connection, place.Datastore, cancellationToken).ConfigureAwait(false);
            return datastore is null
                ? null
                : await StorageErrors.RunAsync(
                    datastore.Container.Uri,
                    async () =>
                    {
                        BlobDownloadResult result = await datastore.Container.GetBlobClient($"{place.Path}/{relativePath}").DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                        return result.Content.ToArray();
                    }).ConfigureAwait(false);
        }
        catch (MlException exception) when (exception.StatusCode is 401 or 403 or 404)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<StoredFile>> ListAsync(BlobContainerClient container, string path, CancellationToken cancellationToken)
    {
        List<StoredFile> files = [];
        await foreach (BlobItem item in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, path + "/", cancellationToken).ConfigureAwait(false))
        {
            // Storage with real folders lists them too.
            if (item.Metadata is null || !item.Metadata.TryGetValue("hdi_isfolder", out string? isFolder) || !isFolder.Equals("true", StringComparison.OrdinalIgnoreCase))
            {
                files.Add(new StoredFile(container.GetBlobClient(item.Name), item.Name[(path.Length + 1)..], item.Properties.ContentLength ?? 0, item.Properties.ContentHash));
            }
        }

        files.Sort((left, right) => string.CompareOrdinal(left.RelativePath, right.RelativePath));
        return files;
    }

    private static Task<StoredFile?> FindBlobAsync(BlobContainerClient container, string path, CancellationToken cancellationToken) => StorageErrors.RunAsync(
        container.Uri,
        async () =>
        {
            try
            {
                BlobClient blob = container.GetBlobClient(path);
                BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                return new StoredFile(blob, path[(path.LastIndexOf('/') + 1)..], properties.ContentLength, properties.ContentHash);
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                return (StoredFile?)null;
            }
        });

    private bool IsForeign(string uri) =>
        uri.StartsWith("azureml://subscriptions/", StringComparison.OrdinalIgnoreCase)
        && !uri.Contains($"/workspaces/{connection.Workspace.Name}/", StringComparison.OrdinalIgnoreCase);

    private static MlValidationException OutOfReach(MlModel model, string why) => new(
        MlErrorIds.ModelFilesNotFound, $"The files of model {model.Reference} cannot be read: {why}. Nothing was changed.", MlErrorCategory.InvalidOperation)
    {
        Target = model,
        RecommendedAction = "Connect to the workspace that holds the files, or register the model from its folder (Register-MlModel).",
    };
}
