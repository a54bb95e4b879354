using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Storage;

/// <summary>The containers of the storage account: the workspace's own, and one for each pending upload.</summary>
internal static class BlobContainerTable
{
    public static bool Exists(EmulatorContext context, string container) =>
        container == context.Identity.Container || context.Database.Read(connection => IsStored(connection, container));

    /// <summary>Adds a container; one that is there stays as it is.</summary>
    public static void Add(SqliteConnection connection, string container, DateTimeOffset now) =>
        connection.Execute(
            "INSERT INTO blob_containers (name, created_at) VALUES ($name, $created) ON CONFLICT (name) DO NOTHING",
            ("$name", container),
            ("$created", StoredTime.Write(now)));

    private static bool IsStored(SqliteConnection connection, string container) =>
        connection.Scalar("SELECT EXISTS (SELECT 1 FROM blob_containers WHERE name = $name)", ("$name", container)) is 1L;
}
