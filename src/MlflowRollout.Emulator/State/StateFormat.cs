using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>The version of the database's format and the steps from each version to the next.</summary>
internal static class StateFormat
{
    /// <summary>One step a version: step 0 makes an empty file version 1. Steps are only ever added.</summary>
    internal static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE resources (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            parent TEXT NOT NULL,
            key TEXT NOT NULL,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            body TEXT NOT NULL,
            live TEXT NULL,
            operation TEXT NULL,
            created_at TEXT NOT NULL,
            modified_at TEXT NOT NULL,
            UNIQUE (kind, parent, key));

        CREATE TABLE endpoint_keys (
            endpoint TEXT NOT NULL PRIMARY KEY,
            primary_key TEXT NOT NULL,
            secondary_key TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE operations (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            deployment TEXT NULL,
            running_state TEXT NOT NULL,
            status TEXT NOT NULL,
            started_at TEXT NOT NULL,
            ended_at TEXT NULL,
            error_code TEXT NULL,
            error_message TEXT NULL,
            fault TEXT NULL);
        CREATE INDEX operations_running ON operations (status) WHERE status = 'Running';

        CREATE TABLE blobs (
            container TEXT NOT NULL,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            content_md5 TEXT NULL,
            content_type TEXT NOT NULL,
            etag TEXT NOT NULL,
            created_at TEXT NOT NULL,
            modified_at TEXT NOT NULL,
            metadata TEXT NOT NULL,
            PRIMARY KEY (container, name)) WITHOUT ROWID;
        CREATE INDEX blobs_content ON blobs (sha256);

        CREATE TABLE blob_blocks (
            container TEXT NOT NULL,
            name TEXT NOT NULL,
            block TEXT NOT NULL,
            committed INTEGER NOT NULL,
            position INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (container, name, committed, position, block)) WITHOUT ROWID;
        CREATE INDEX blob_blocks_content ON blob_blocks (sha256);
        """,
        """
        ALTER TABLE operations ADD COLUMN detail TEXT NULL;

        CREATE TABLE blob_containers (name TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL) WITHOUT ROWID;
        """,
    ];

    public static int Current => Steps.Count;

    /// <summary>Brings the file to <see cref="Current"/>, all steps in one transaction.</summary>
    public static void Upgrade(SqliteConnection connection, string file) => Upgrade(connection, file, Steps);

    /// <summary>Brings the file to the version that these steps lead to.</summary>
    internal static void Upgrade(SqliteConnection connection, string file, IReadOnlyList<string> steps)
    {
        int current = steps.Count;
        using SqliteTransaction transaction = connection.BeginTransaction();
        connection.Execute("CREATE TABLE IF NOT EXISTS format (version INTEGER NOT NULL)");
        int version = connection.Scalar("SELECT version FROM format") is long stored ? (int)stored : 0;
        if (version > current)
        {
            throw new StateFormatException(
                $"The data file {file} has format {version.ToString(CultureInfo.InvariantCulture)}, and this emulator knows formats up to " +
                $"{current.ToString(CultureInfo.InvariantCulture)}. Use the newer emulator that wrote it, or another --data folder.");
        }

        if (version < current)
        {
            for (int step = version; step < current; step++)
            {
                connection.Execute(steps[step]);
            }

            connection.Execute("DELETE FROM format");
            connection.Execute("INSERT INTO format (version) VALUES ($version)", ("$version", current));
        }

        transaction.Commit();
    }
}
