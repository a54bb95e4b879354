using System.Globalization;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>
/// Uploads files of models, code and build contexts to the default datastore under <c>LocalUpload/{hash}/{name}</c>. Content that is there complete (marked so by metadata on its first
/// file) is not uploaded again; an interrupted upload has no mark and is overwritten.
/// </summary>
internal sealed class ModelUpload(WorkspaceConnection connection)
{
    private const int DefaultParallelFiles = 8;
    private const string StatusKey = "upload_status";
    private const string Completed = "completed";
    private const string NameKey = "name";
    private const string VersionKey = "version";
    private const string NoVersion = "None";
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Uploads a local model and returns the long uri of the content.</summary>
    public async Task<string> UploadAsync(
        LocalContent content, string hash, string modelName, string? version, IMlOperationContext context, CancellationToken cancellationToken)
    {
        UploadedContent uploaded = await UploadAsync(
            new Content(content.Name, content.IsFolder, content.Files, hash) { Activity = $"Uploading {content.Name}" }, modelName, version, context, cancellationToken).ConfigureAwait(false);
        return uploaded.LongUri;
    }

    /// <summary>Uploads content where it is not there yet, and says where it is and what asset it belongs to.</summary>
    public async Task<UploadedContent> UploadAsync(Content content, string assetName, string? version, IMlOperationContext context, CancellationToken cancellationToken)
    {
        Datastore datastore = await Datastore.OpenDefaultAsync(connection, cancellationToken).ConfigureAwait(false);
        string prefix = content.IsFolder ? $"LocalUpload/{content.Hash}/{content.Name}" : $"LocalUpload/{content.Hash}";
        string path = content.IsFolder ? prefix : $"{prefix}/{content.Name}";
        string BlobName(IContentFile file) => $"{prefix}/{file.RelativePath}";
        BlobContainerClient container = datastore.Container;
        BlobClient marker = container.GetBlobClient(BlobName(content.Files[0]));
        UploadedContent place = new(
            Datastore.LongUri(connection.Workspace, datastore.Name, path), $"{container.Uri.GetLeftPart(UriPartial.Path)}/{path}", assetName, version);
        if (await FindCompletedAsync(container, marker, cancellationToken).ConfigureAwait(false) is { } mark)
        {
            context.Verbose($"The content of {content.Name} is in storage already; nothing is uploaded.");
            return place with { AssetName = mark.Name ?? assetName, AssetVersion = mark.Version ?? version };
        }

        long total = content.Files.Sum(file => file.Length);
        using TransferProgress progress = new(context, connection.TimeProvider, content.Activity, total, ProgressInterval);
        await StorageErrors.RunAsync(
            container.Uri,
            async () =>
            {
                await Parallel.ForEachAsync(
                    content.Files,
                    new ParallelOptions { MaxDegreeOfParallelism = content.ParallelFiles, CancellationToken = cancellationToken },
                    async (file, token) => await UploadFileAsync(container.GetBlobClient(BlobName(file)), file, progress, token).ConfigureAwait(false)).ConfigureAwait(false);
                content.BeforeCompletion?.Invoke();
                await marker.SetMetadataAsync(
                    new Dictionary<string, string> { [StatusKey] = Completed, [NameKey] = assetName, [VersionKey] = version ?? NoVersion },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        context.Verbose(string.Create(CultureInfo.InvariantCulture, $"Uploaded {content.Files.Count} files, {total} bytes, to {datastore.Name}/{path}."));
        return place;
    }

    // What the mark of a finished upload says of the asset that it was made for; null where there is no such mark.
    private static async Task<(string? Name, string? Version)?> FindCompletedAsync(BlobContainerClient container, BlobClient marker, CancellationToken cancellationToken) =>
        await StorageErrors.RunAsync<(string?, string?)?>(
            container.Uri,
            async () =>
            {
                try
                {
                    BlobProperties properties = await marker.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                    return properties.Metadata.TryGetValue(StatusKey, out string? status) && status.Equals(Completed, StringComparison.OrdinalIgnoreCase)
                        ? (Entry(properties, NameKey), Entry(properties, VersionKey))
                        : null;
                }
                catch (RequestFailedException exception) when (exception.Status == 404)
                {
                    return null;
                }
            }).ConfigureAwait(false);

    private static string? Entry(BlobProperties properties, string key) =>
        properties.Metadata.TryGetValue(key, out string? value) && value.Length > 0 && value != NoVersion ? value : null;

    private static async Task UploadFileAsync(BlobClient blob, IContentFile file, TransferProgress progress, CancellationToken cancellationToken)
    {
        Stream stream = await file.OpenReadAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>What is uploaded.</summary>
    /// <param name="Name">Name of the file or folder.</param>
    /// <param name="IsFolder">True for a folder.</param>
    /// <param name="Files">Files in the order of their paths.</param>
    /// <param name="Hash">Hash of the content.</param>
    internal sealed record Content(string Name, bool IsFolder, IReadOnlyList<IContentFile> Files, string Hash)
    {
        /// <summary>Text of the progress bar.</summary>
        public required string Activity { get; init; }

        /// <summary>Files sent at a time.</summary>
        public int ParallelFiles { get; init; } = DefaultParallelFiles;

        /// <summary>Called when all is sent and before it is marked as complete.</summary>
        public Action? BeforeCompletion { get; init; }
    }
}
