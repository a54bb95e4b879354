using System.Globalization;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>
/// Uploads model files to the default datastore under <c>LocalUpload/{hash}/{name}</c>. Content that is there complete (marked so by metadata on its first
/// file) is not uploaded again; an interrupted upload has no mark and is overwritten.
/// </summary>
internal sealed class ModelUpload(WorkspaceConnection connection)
{
    private const int ParallelFiles = 8;
    private const string StatusKey = "upload_status";
    private const string Completed = "completed";
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Uploads and returns the long uri of the content.</summary>
    public async Task<string> UploadAsync(
        LocalContent content, string hash, string modelName, string? version, IMlOperationContext context, CancellationToken cancellationToken)
    {
        Datastore datastore = await Datastore.OpenDefaultAsync(connection, cancellationToken).ConfigureAwait(false);
        string prefix = content.IsFolder ? $"LocalUpload/{hash}/{content.Name}" : $"LocalUpload/{hash}";
        string path = content.IsFolder ? prefix : $"{prefix}/{content.Name}";
        string BlobName(LocalFile file) => $"{prefix}/{file.RelativePath}";
        BlobContainerClient container = datastore.Container;
        BlobClient marker = container.GetBlobClient(BlobName(content.Files[0]));
        if (await IsCompleteAsync(container, marker, cancellationToken).ConfigureAwait(false))
        {
            context.Verbose($"The content of {content.Name} is in storage already; nothing is uploaded.");
            return Datastore.LongUri(connection.Workspace, datastore.Name, path);
        }

        using UploadProgress progress = new(context, connection.TimeProvider, $"Uploading {content.Name}", content.TotalLength, ProgressInterval);
        await StorageErrors.RunAsync(
            container.Uri,
            async () =>
            {
                await Parallel.ForEachAsync(
                    content.Files,
                    new ParallelOptions { MaxDegreeOfParallelism = ParallelFiles, CancellationToken = cancellationToken },
                    async (file, token) => await UploadFileAsync(container.GetBlobClient(BlobName(file)), file, progress, token).ConfigureAwait(false)).ConfigureAwait(false);
                await marker.SetMetadataAsync(
                    new Dictionary<string, string> { [StatusKey] = Completed, ["name"] = modelName, ["version"] = version ?? "None" },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        context.Verbose(string.Create(CultureInfo.InvariantCulture, $"Uploaded {content.Files.Count} files, {content.TotalLength} bytes, to {datastore.Name}/{path}."));
        return Datastore.LongUri(connection.Workspace, datastore.Name, path);
    }

    private static async Task<bool> IsCompleteAsync(BlobContainerClient container, BlobClient marker, CancellationToken cancellationToken) =>
        await StorageErrors.RunAsync(
            container.Uri,
            async () =>
            {
                try
                {
                    BlobProperties properties = await marker.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                    return properties.Metadata.TryGetValue(StatusKey, out string? status) && status.Equals(Completed, StringComparison.OrdinalIgnoreCase);
                }
                catch (RequestFailedException exception) when (exception.Status == 404)
                {
                    return false;
                }
            }).ConfigureAwait(false);

    private static async Task UploadFileAsync(BlobClient blob, LocalFile file, UploadProgress progress, CancellationToken cancellationToken)
    {
        FileStream stream;
        try
        {
            stream = file.OpenRead();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{file.FullPath}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception)
            {
                Target = file.FullPath,
            };
        }

        await using (stream.ConfigureAwait(false))
        {
            BlobUploadOptions options = new()
            {
                ProgressHandler = progress.ForFile(),
                TransferOptions = new StorageTransferOptions { MaximumConcurrency = 4, InitialTransferSize = 32 * 1024 * 1024, MaximumTransferSize = 8 * 1024 * 1024 },
            };
            await blob.UploadAsync(stream, options, cancellationToken).ConfigureAwait(false);
        }
    }
}
