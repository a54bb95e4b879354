using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Storage;

/// <summary>
/// Removes what a crash or a deletion left without an owner: content that no blob refers to, and model folders that no
/// deployment serves from. Runs before requests are taken, so nothing can begin to use what is being removed.
/// </summary>
internal static class StorageSweep
{
    public static void Run(Database database, string contentFolder, string modelsFolder, IReadOnlySet<string> servedFolders)
    {
        HashSet<string> referenced = database.Read(connection =>
            connection.Query("SELECT sha256 FROM blobs UNION SELECT sha256 FROM blob_blocks", reader => reader.GetString(0)).ToHashSet(StringComparer.Ordinal));
        foreach (string file in Directory.EnumerateFiles(contentFolder, "*", SearchOption.AllDirectories))
        {
            if (!referenced.Contains(Path.GetFileName(file)))
            {
                Remove(file, File.Delete);
            }
        }

        foreach (string folder in Directory.EnumerateDirectories(modelsFolder))
        {
            if (!servedFolders.Contains(folder))
            {
                Remove(folder, path => Directory.Delete(path, recursive: true));
            }
        }
    }

    private static void Remove(string path, Action<string> delete)
    {
        try
        {
            delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It costs space and nothing else; the next start tries again.
        }
    }
}
