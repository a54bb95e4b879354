using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Storage;

/// <summary>
/// Finds content that was lost or damaged outside the emulator. What a deployment's model folder still has whole is put back; what cannot be had again is
/// named, and its upload no longer counts as complete, so that registering the model again uploads it.
/// </summary>
internal sealed class ContentCheck(Database database, ContentStore content, string modelsFolder, string workFolder)
{
    private const string UploadMark = "upload_status";

    /// <summary>Looks whether all files are there in full length. Quick enough for each start.</summary>
    public async Task CheckLengthsAsync(CancellationToken cancellationToken)
    {
        foreach ((string sha256, long size) in References())
        {
            FileInfo file = new(content.PathOf(sha256));
            if (!file.Exists || file.Length != size)
            {
                await RepairAsync(sha256, size, file.Exists ? "damaged" : "missing", cancellationToken);
            }
        }
    }

    /// <summary>Reads every file, while requests are already answered.</summary>
    public async Task CheckHashesAsync(CancellationToken cancellationToken)
    {
        foreach ((string sha256, long size) in References())
        {
            try
            {
                if (content.Has(sha256) && await ContentStore.HashFileAsync(content.PathOf(sha256), cancellationToken) != sha256)
                {
                    await RepairAsync(sha256, size, "damaged", cancellationToken);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"The content {sha256} in the data folder cannot be read: {exception.Message}");
            }
        }
    }

    private List<(string Sha256, long Size)> References() => database.Read(connection =>
        connection.Query("SELECT DISTINCT sha256, size FROM blobs", reader => (reader.GetString(0), reader.GetInt64(1))));

    private async Task RepairAsync(string sha256, long size, string what, CancellationToken cancellationToken)
    {
        bool restored = await RestoreAsync(sha256, size, cancellationToken);
        List<string> names = await database.WriteAsync(
            connection =>
            {
                List<BlobRecord> users = BlobTable.WithContent(connection, sha256);
                if (!restored)
                {
                    // A damaged file that stayed would be taken for the content that is sent anew.
                    content.Delete(sha256);
                    foreach (BlobRecord sibling in users.SelectMany(user => BlobTable.List(connection, user.Container, UploadOf(user.Name))).ToList())
                    {
                        if (sibling.Metadata.Remove(UploadMark))
                        {
                            BlobTable.Set(connection, sibling);
                        }
                    }
                }

                return users.Select(user => user.Name).ToList();
            },
            cancellationToken);
        await Console.Error.WriteLineAsync(
            $"The content of {string.Join(", ", names)} was {what} in the data folder; "
            + (restored ? "it was restored from the model folder of a deployment." : "it cannot be restored. Register the model again from its files, then restart the emulator."));
    }

    private async Task<bool> RestoreAsync(string sha256, long size, CancellationToken cancellationToken)
    {
        foreach (string candidate in Directory.EnumerateFiles(modelsFolder, "*", SearchOption.AllDirectories))
        {
            if (new FileInfo(candidate) is { LinkTarget: null } file && file.Length == size && await ContentStore.HashFileAsync(candidate, cancellationToken) == sha256)
            {
                string temporary = Path.Combine(workFolder, $"{Guid.NewGuid():N}.restored");
                File.Copy(candidate, temporary);
                string final = content.PathOf(sha256);
                PrivateFile.CreateFolder(Path.GetDirectoryName(final)!);
                File.Move(temporary, final, overwrite: true);
                return true;
            }
        }

        return false;
    }

    /// <summary>Clients upload a model below two folders of its own and mark one of the files when all are there.</summary>
    private static string UploadOf(string blob)
    {
        string[] parts = blob.Split('/');
        return parts.Length > 2 ? $"{parts[0]}/{parts[1]}/" : blob;
    }
}
