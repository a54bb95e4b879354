using System.Security.Cryptography;
using System.Text;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage;

/// <summary>
/// Puts the blobs of a model into a folder of files, named by the hash of the whole tree and verified file by file, so
/// that equal models share one folder and a damaged one is never served.
/// </summary>
internal sealed class ModelMaterializer(ContentStore content, string modelsFolder, string workFolder) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <param name="files">Relative name, with slashes, and content of each file.</param>
    /// <exception cref="ModelFilesException">A name leaves the folder, or content is damaged.</exception>
    public async Task<string> MaterializeAsync(IReadOnlyList<(string Name, string Sha256, long Size)> files, CancellationToken cancellationToken)
    {
        List<(string Path, string Sha256, long Size)> tree = [];
        foreach ((string name, string sha256, long size) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            string path = BlobPath.ToRelativePath(name, out string? problem)
                ?? throw new ModelFilesException($"The model has a file that cannot be stored: {problem}.");
            tree.Add((path, sha256, size));
        }

        // One at a time: two deployments of one model would otherwise write the same folder.
        await _gate.WaitAsync(cancellationToken);
        try
        {
            string folder = Path.Combine(modelsFolder, HashOf(tree));
            if (Directory.Exists(folder))
            {
                if (await IsIntactAsync(folder, tree, cancellationToken))
                {
                    return folder;
                }

                Directory.Delete(folder, recursive: true);
            }

            await WriteAsync(folder, tree, cancellationToken);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFilesException($"The model's files cannot be read or written: {exception.Message}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task WriteAsync(string folder, List<(string Path, string Sha256, long Size)> tree, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(workFolder, $"{Guid.NewGuid():N}.model");
        PrivateFile.CreateFolder(temporary);
        try
        {
            foreach ((string path, string sha256, _) in tree)
            {
                string file = Path.Combine(temporary, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                if (!content.Has(sha256))
                {
                    throw new ModelFilesException($"The content of the model's file '{path}' is missing from the emulator's data folder. Register the model again.");
                }

                if (!await content.CopyVerifiedAsync(sha256, file, cancellationToken))
                {
                    throw new ModelFilesException($"The content of the model's file '{path}' is damaged in the emulator's data folder. Delete the blob and register the model again.");
                }
            }

            Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static async Task<bool> IsIntactAsync(string folder, List<(string Path, string Sha256, long Size)> tree, CancellationToken cancellationToken)
    {
        foreach ((string path, string sha256, long size) in tree)
        {
            FileInfo file = new(Path.Combine(folder, path));
            if (!file.Exists || file.Length != size || file.LinkTarget is not null || await ContentStore.HashFileAsync(file.FullName, cancellationToken) != sha256)
            {
                return false;
            }
        }

        return true;
    }

    private static string HashOf(List<(string Path, string Sha256, long Size)> tree)
    {
        StringBuilder text = new();
        foreach ((string path, string sha256, _) in tree)
        {
            text.Append(path.Replace('\\', '/')).Append('\0').Append(sha256).Append('\n');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))).ToLowerInvariant();
    }
}
