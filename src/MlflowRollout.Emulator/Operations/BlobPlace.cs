using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Storage;

namespace MlflowRollout.Emulator.Operations;

/// <summary>Where the files of an asset are.</summary>
/// <param name="Container">A container of the emulator's storage account.</param>
/// <param name="Prefix">A folder, or one blob, without a slash at its end; empty for the whole container.</param>
internal sealed record BlobPlace(string Container, string Prefix)
{
    /// <summary>The files in the folder, or the one blob of this name.</summary>
    public List<BlobRecord> Files(SqliteConnection connection)
    {
        List<BlobRecord> files = BlobTable.List(connection, Container, Prefix.Length == 0 ? string.Empty : Prefix + "/");
        if (files.Count == 0 && Prefix.Length > 0 && BlobTable.Find(connection, Container, Prefix) is { } single)
        {
            files.Add(single);
        }

        return files;
    }

    /// <summary>The name of a file inside the folder.</summary>
    public string Relative(BlobRecord file) =>
        Prefix.Length == 0 ? file.Name : file.Name == Prefix ? file.Name[(file.Name.LastIndexOf('/') + 1)..] : file.Name[(Prefix.Length + 1)..];
}
