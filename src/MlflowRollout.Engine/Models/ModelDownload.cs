using System.Globalization;
using System.Security.Cryptography;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>
/// Downloads models. The files come into a folder of their own beside the target and are moved there when all of them are complete and verified, so that a
/// download that fails leaves nothing behind.
/// </summary>
internal sealed class ModelDownload(WorkspaceConnection connection)
{
    private const int ParallelFiles = 8;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Downloads a version and returns the path of the file or folder; null when the caller did not give leave.</summary>
    public async Task<string?> SaveAsync(string name, string version, MlModelDownload download, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlModel model = await connection.ModelCalls.ReadAsync(name, version, cancellationToken).ConfigureAwait(false);
        StoredContent content = await connection.ModelCalls.Files.FindAsync(model, cancellationToken).ConfigureAwait(false);
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(download.Path));
        CheckNames(content, folder, model);
        string target = RealPath(content.IsFolder ? folder : Path.Combine(folder, content.Files[0].RelativePath));
        bool exists = CheckExisting(target, content, model, download.IfExists);
        if (exists && download.IfExists == MlIfExists.Skip && model.ContentHash is { } known)
        {
            return await IsSameAsync(target, known, cancellationToken).ConfigureAwait(false) ? target : throw Differs(target, model);
        }

        MlQuestion? question = exists && download.IfExists == MlIfExists.Update
            ? new MlQuestion("Replace a saved model", $"'{target}' exists. Everything in it is deleted and replaced by the files of model {name}:{version}. Go on?")
            : null;
        if (!await context.ConfirmAsync(connection.ModelCalls.Describe(name, version), $"Save to '{target}'", question).ConfigureAwait(false))
        {
            return null;
        }

        string parent = Path.GetDirectoryName(target) ?? target;
        string staging = Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.partial");
        try
        {
            await DownloadAsync(content, staging, model, context, cancellationToken).ConfigureAwait(false);
            string hash = await VerifyAsync(content, staging, model, cancellationToken).ConfigureAwait(false);
            if (exists && download.IfExists == MlIfExists.Skip)
            {
                // The service knows no hash, so that only the content itself could be compared.
                return await IsSameAsync(target, hash, cancellationToken).ConfigureAwait(false) ? target : throw Differs(target, model);
            }

            LocalFileSink.Guard(target, () => Move(content.IsFolder ? staging : Path.Combine(staging, content.Files[0].RelativePath), target));
            context.Verbose(string.Create(CultureInfo.InvariantCulture, $"Saved {content.Files.Count} files, {content.TotalLength} bytes, of {model.Reference} to {target}."));
            return target;
        }
        finally
        {
            Discard(staging);
        }
    }

    private static void CheckNames(StoredContent content, string folder, MlModel model)
    {
        foreach (StoredFile file in content.Files)
        {
            if (SafePath.Below(folder, file.RelativePath) is null)
            {
                throw new MlValidationException(
                    MlErrorIds.ModelFolderInvalid,
                    $"Model {model.Reference} has a file named '{file.RelativePath}', which cannot be a file below a folder of this machine. Nothing was saved.",
                    MlErrorCategory.InvalidData)
                {
                    Target = model,
                    RecommendedAction = "Look at the model's files in the workspace's storage: a name must not lead out of the folder or have characters that files cannot have.",
                };
            }
        }
    }

    // True when there is something that a Skip compares with or an Update replaces.
    private static bool CheckExisting(string target, StoredContent content, MlModel model, MlIfExists ifExists)
    {
        bool isFile = File.Exists(target);
        bool isFolder = Directory.Exists(target);
        if (content.IsFolder ? isFile : isFolder)
        {
            throw Exists(
                target,
                $"'{target}' is a {(isFile ? "file" : "folder")}, and model {model.Reference} is a {(isFile ? "folder" : "file")}.",
                "Give another -Path.");
        }

        if (content.IsFolder ? !isFolder || !Directory.EnumerateFileSystemEntries(target).Any() : !isFile)
        {
            return false;
        }

        if (ifExists == MlIfExists.Error)
        {
            throw Exists(
                target,
                $"'{target}' exists already and is not overwritten.",
                "Give another -Path, or say -IfExists Skip (keep it when it is the same) or -IfExists Update (replace it).");
        }

        // A folder that was named by mistake must not go.
        bool replaceable = isFile || (content.Files.Any(IsDescription) && File.Exists(Path.Combine(target, MlmodelFile.FileName)));
        return ifExists != MlIfExists.Update || replaceable
            ? true
            : throw Exists(target, $"The folder '{target}' is not that of an MLflow model, so it is not replaced.", "Delete the folder yourself, or give another -Path.");
    }

    private static bool IsDescription(StoredFile file) => file.RelativePath == MlmodelFile.FileName;

    private static async Task<bool> IsSameAsync(string target, string hash, CancellationToken cancellationToken) =>
        string.Equals(await LocalContent.OpenAny(target).ComputeHashAsync(cancellationToken).ConfigureAwait(false), hash, StringComparison.OrdinalIgnoreCase);

    private async Task DownloadAsync(StoredContent content, string staging, MlModel model, IMlOperationContext context, CancellationToken cancellationToken)
    {
        LocalFileSink.Guard(staging, () => Directory.CreateDirectory(staging));
        using TransferProgress progress = new(context, connection.TimeProvider, $"Downloading {model.Name}:{model.Version}", content.TotalLength, ProgressInterval);
        await StorageErrors.RunAsync(
            content.Container,
            async () =>
            {
                await Parallel.ForEachAsync(
                    content.Files,
                    new ParallelOptions { MaxDegreeOfParallelism = ParallelFiles, CancellationToken = cancellationToken },
                    async (file, token) => await DownloadFileAsync(file, SafePath.Below(staging, file.RelativePath)!, progress, token).ConfigureAwait(false)).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
    }

    private static async Task DownloadFileAsync(StoredFile file, string path, TransferProgress progress, CancellationToken cancellationToken)
    {
        LocalFileSink sink = LocalFileSink.Create(path);
        await using (sink.ConfigureAwait(false))
        {
            BlobDownloadToOptions options = new()
            {
                ProgressHandler = progress.ForFile(),
                TransferOptions = new StorageTransferOptions { MaximumConcurrency = 4, InitialTransferSize = 16 * 1024 * 1024, MaximumTransferSize = 8 * 1024 * 1024 },
            };
            await file.Blob.DownloadToAsync(sink, options, cancellationToken).ConfigureAwait(false);
        }
    }

    // Against the hash that the version was registered with; without one, against what storage knows of each file.
    private static async Task<string> VerifyAsync(StoredContent content, string staging, MlModel model, CancellationToken cancellationToken)
    {
        LocalContent local = content.IsFolder ? LocalContent.OpenAny(staging) : LocalContent.OpenAny(Path.Combine(staging, content.Files[0].RelativePath));
        Dictionary<string, LocalFile> written = local.Files.ToDictionary(file => file.RelativePath, StringComparer.Ordinal);
        foreach (StoredFile file in content.Files)
        {
            if (!written.TryGetValue(file.RelativePath, out LocalFile? saved) || saved.Length != file.Length)
            {
                throw ModelContentErrors.Mismatch(model, $"the file '{file.RelativePath}' did not arrive whole", "Nothing was saved.");
            }

            bool damaged = model.ContentHash is null && file.Md5 is { Length: > 0 } && !IsMd5(file.Md5, await Md5Async(saved, cancellationToken).ConfigureAwait(false));
            if (damaged)
            {
                throw ModelContentErrors.Mismatch(model, $"the file '{file.RelativePath}' is not what storage has the checksum of", "Nothing was saved.");
            }
        }

        string hash = await local.ComputeHashAsync(cancellationToken).ConfigureAwait(false);
        return model.ContentHash is null || string.Equals(hash, model.ContentHash, StringComparison.OrdinalIgnoreCase)
            ? hash
            : throw ModelContentErrors.Mismatch(model, $"the hash of its files is {hash}, and it was registered with {model.ContentHash}", "Nothing was saved.");
    }

    private static bool IsMd5(byte[] expected, byte[] found) => expected.AsSpan().SequenceEqual(found);

    private static async Task<byte[]> Md5Async(LocalFile file, CancellationToken cancellationToken)
    {
        FileStream stream = file.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            // Storage's own checksum; nothing is protected by it.
#pragma warning disable CA5351
            return await MD5.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
#pragma warning restore CA5351
        }
    }

    private static string RealPath(string path)
    {
        FileSystemInfo? link = new DirectoryInfo(path) is { Exists: true, LinkTarget: not null } folder ? folder.ResolveLinkTarget(returnFinalTarget: true) : null;
        return link?.FullName ?? path;
    }

    private static bool Move(string from, string target)
    {
        if (File.Exists(from))
        {
            File.Move(from, target, overwrite: true);
            return true;
        }

        string? old = null;
        if (Directory.Exists(target))
        {
            old = $"{from}.old";
            Directory.Move(target, old);
        }

        try
        {
            Directory.Move(from, target);
        }
        catch when (old is not null)
        {
            Directory.Move(old, target);
            throw;
        }

        if (old is not null)
        {
            Discard(old);
        }

        return true;
    }

    private static void Discard(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Left behind; what was asked for is done, or its own error is on the way.
        }
    }

    private static MlAlreadyExistsException Exists(string target, string what, string action) => new(MlErrorIds.PathAlreadyExists, $"{what} Nothing was saved.")
    {
        Target = target,
        RecommendedAction = action,
    };

    private static MlConflictException Differs(string target, MlModel model) => new(
        MlErrorIds.PathAlreadyExists, $"'{target}' exists, and its content is not that of model {model.Reference}. Nothing was changed.")
    {
        Target = target,
        RecommendedAction = "Give another -Path, or say -IfExists Update to replace it.",
    };
}
