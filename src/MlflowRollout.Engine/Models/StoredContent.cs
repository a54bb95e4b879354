using Azure.Storage.Blobs;

namespace MlflowRollout.Engine.Models;

/// <summary>A model's content in storage.</summary>
/// <param name="Name">Name of the file or folder.</param>
/// <param name="IsFolder">True for a folder.</param>
/// <param name="Container">Address of the container.</param>
/// <param name="Files">Files in the ordinal order of their paths.</param>
internal sealed record StoredContent(string Name, bool IsFolder, Uri Container, IReadOnlyList<StoredFile> Files)
{
    /// <summary>Bytes in all.</summary>
    public long TotalLength => Files.Sum(file => file.Length);

    /// <summary>The hash of the content; reads all of it.</summary>
    public Task<string> ComputeHashAsync(TransferProgress progress, CancellationToken cancellationToken) => StorageErrors.RunAsync(
        Container,
        async () =>
        {
            using ContentHash hash = new();
            foreach (StoredFile file in Files)
            {
                hash.Begin(file.RelativePath, file.Length);
                Stream stream = await file.OpenReadAsync(cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    await hash.AppendAsync(stream, progress.ForFile().Report, cancellationToken).ConfigureAwait(false);
                }
            }

            return hash.Finish();
        });
}

/// <summary>A file of a model in storage.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="RelativePath">Path within the model, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Md5">What storage knows of its content; null when it knows nothing.</param>
internal sealed record StoredFile(BlobClient Blob, string RelativePath, long Length, byte[]? Md5) : IContentFile
{
    private const int ReadAhead = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(CancellationToken cancellationToken) => Blob.OpenReadAsync(0, ReadAhead, null, cancellationToken);
}
