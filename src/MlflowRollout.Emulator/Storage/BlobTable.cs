using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Storage;

/// <summary>Reads and writes the index of blobs, inside the caller's transaction.</summary>
internal static class BlobTable
{
    private const string Columns = "container, name, sha256, size, content_md5, content_type, etag, created_at, modified_at, metadata";

    public static BlobRecord? Find(SqliteConnection connection, string container, string name) =>
        connection.Query(
            $"SELECT {Columns} FROM blobs WHERE container = $container AND name = $name",
            Map,
            ("$container", container),
            ("$name", name)).FirstOrDefault();

    /// <summary>Blobs whose name starts with a prefix and comes after a name, in order.</summary>
    public static List<BlobRecord> List(SqliteConnection connection, string container, string prefix, string after = "", int limit = int.MaxValue) =>
        connection.Query(
            $"""
            SELECT {Columns} FROM blobs
            WHERE container = $container AND name >= $prefix AND name <= $prefix || char(0x10FFFF) AND substr(name, 1, length($prefix)) = $prefix AND name > $after
            ORDER BY name LIMIT $limit
            """,
            Map,
            ("$container", container),
            ("$prefix", prefix),
            ("$after", after),
            ("$limit", limit));

    public static List<BlobRecord> WithContent(SqliteConnection connection, string sha256) =>
        connection.Query($"SELECT {Columns} FROM blobs WHERE sha256 = $sha256 ORDER BY name", Map, ("$sha256", sha256));

    public static void Set(SqliteConnection connection, BlobRecord blob) =>
        connection.Execute(
            $"""
            INSERT INTO blobs ({Columns}) VALUES ($container, $name, $sha256, $size, $md5, $type, $etag, $created, $modified, $metadata)
            ON CONFLICT (container, name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, content_md5 = excluded.content_md5,
                content_type = excluded.content_type, etag = excluded.etag, created_at = excluded.created_at,
                modified_at = excluded.modified_at, metadata = excluded.metadata
            """,
            ("$container", blob.Container),
            ("$name", blob.Name),
            ("$sha256", blob.Sha256),
            ("$size", blob.Size),
            ("$md5", blob.ContentMd5),
            ("$type", blob.ContentType),
            ("$etag", blob.ETag),
            ("$created", StoredTime.Write(blob.CreatedAt)),
            ("$modified", StoredTime.Write(blob.ModifiedAt)),
            ("$metadata", blob.Metadata.ToJsonString()));

    public static void Delete(SqliteConnection connection, string container, string name) =>
        connection.Execute("DELETE FROM blobs WHERE container = $container AND name = $name", ("$container", container), ("$name", name));

    public static List<BlockRecord> Blocks(SqliteConnection connection, string container, string name) =>
        connection.Query(
            "SELECT block, committed, position, sha256, size FROM blob_blocks WHERE container = $container AND name = $name ORDER BY committed, position",
            reader => new BlockRecord(reader.GetString(0), reader.GetInt64(1) != 0, reader.GetInt32(2), reader.GetString(3), reader.GetInt64(4)),
            ("$container", container),
            ("$name", name));

    /// <summary>Stages a block; one with the same id is replaced.</summary>
    public static void Stage(SqliteConnection connection, string container, string name, string block, StoredContent content)
    {
        connection.Execute(
            "DELETE FROM blob_blocks WHERE container = $container AND name = $name AND block = $block AND committed = 0",
            ("$container", container),
            ("$name", name),
            ("$block", block));
        connection.Execute(
            """
            INSERT INTO blob_blocks (container, name, block, committed, position, sha256, size)
            SELECT $container, $name, $block, 0, coalesce(max(position), -1) + 1, $sha256, $size
            FROM blob_blocks WHERE container = $container AND name = $name AND committed = 0
            """,
            ("$container", container),
            ("$name", name),
            ("$block", block),
            ("$sha256", content.Sha256),
            ("$size", content.Size));
    }

    public static void DeleteBlocks(SqliteConnection connection, string container, string name) =>
        connection.Execute("DELETE FROM blob_blocks WHERE container = $container AND name = $name", ("$container", container), ("$name", name));

    public static void AddCommitted(SqliteConnection connection, string container, string name, IReadOnlyList<BlockRecord> blocks)
    {
        for (int position = 0; position < blocks.Count; position++)
        {
            connection.Execute(
                "INSERT INTO blob_blocks (container, name, block, committed, position, sha256, size) VALUES ($container, $name, $block, 1, $position, $sha256, $size)",
                ("$container", container),
                ("$name", name),
                ("$block", blocks[position].Id),
                ("$position", position),
                ("$sha256", blocks[position].Sha256),
                ("$size", blocks[position].Size));
        }
    }

    public static bool IsReferenced(SqliteConnection connection, string sha256) =>
        connection.Scalar(
            "SELECT EXISTS (SELECT 1 FROM blobs WHERE sha256 = $sha256) OR EXISTS (SELECT 1 FROM blob_blocks WHERE sha256 = $sha256)",
            ("$sha256", sha256)) is 1L;

    private static BlobRecord Map(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetInt64(3),
        reader.TextOrNull(4),
        reader.GetString(5),
        reader.GetString(6),
        StoredTime.Read(reader.GetString(7)),
        StoredTime.Read(reader.GetString(8)),
        JsonNode.Parse(reader.GetString(9))!.AsObject());
}
