using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>Reads and writes rows of the resource table, inside the caller's transaction.</summary>
internal static class ResourceTable
{
    private const string Columns = "sequence, kind, parent, key, name, state, body, live, operation, created_at, modified_at";

    public static ResourceRecord? Find(SqliteConnection connection, ResourceKind kind, string parent, string key) =>
        connection.Query(
            $"SELECT {Columns} FROM resources WHERE kind = $kind AND parent = $parent AND key = $key",
            Map,
            ("$kind", kind.ToString()),
            ("$parent", parent),
            ("$key", key)).FirstOrDefault();

    /// <summary>All children of one parent, in the order of their creation.</summary>
    public static List<ResourceRecord> List(SqliteConnection connection, ResourceKind kind, string parent = "") =>
        connection.Query(
            $"SELECT {Columns} FROM resources WHERE kind = $kind AND parent = $parent ORDER BY sequence",
            Map,
            ("$kind", kind.ToString()),
            ("$parent", parent));

    /// <summary>All resources of a kind whatever their parent, in the order of their creation.</summary>
    public static List<ResourceRecord> ListAll(SqliteConnection connection, ResourceKind kind) =>
        connection.Query($"SELECT {Columns} FROM resources WHERE kind = $kind ORDER BY sequence", Map, ("$kind", kind.ToString()));

    public static void Insert(SqliteConnection connection, ResourceRecord record) =>
        connection.Execute(
            """
            INSERT INTO resources (kind, parent, key, name, state, body, live, operation, created_at, modified_at)
            VALUES ($kind, $parent, $key, $name, $state, $body, $live, $operation, $created, $modified)
            """,
            ("$kind", record.Kind.ToString()),
            ("$parent", record.Parent),
            ("$key", record.Key),
            ("$name", record.Name),
            ("$state", record.State),
            ("$body", record.Body.ToJsonString()),
            ("$live", record.Live?.ToJsonString()),
            ("$operation", record.Operation),
            ("$created", StoredTime.Write(record.CreatedAt)),
            ("$modified", StoredTime.Write(record.ModifiedAt)));

    public static void Update(SqliteConnection connection, ResourceRecord record) =>
        connection.Execute(
            """
            UPDATE resources SET state = $state, body = $body, live = $live, operation = $operation, modified_at = $modified
            WHERE kind = $kind AND parent = $parent AND key = $key
            """,
            ("$kind", record.Kind.ToString()),
            ("$parent", record.Parent),
            ("$key", record.Key),
            ("$state", record.State),
            ("$body", record.Body.ToJsonString()),
            ("$live", record.Live?.ToJsonString()),
            ("$operation", record.Operation),
            ("$modified", StoredTime.Write(record.ModifiedAt)));

    public static bool Delete(SqliteConnection connection, ResourceKind kind, string parent, string key) =>
        connection.Execute(
            "DELETE FROM resources WHERE kind = $kind AND parent = $parent AND key = $key",
            ("$kind", kind.ToString()),
            ("$parent", parent),
            ("$key", key)) > 0;

    public static void DeleteChildren(SqliteConnection connection, ResourceKind kind, string parent) =>
        connection.Execute("DELETE FROM resources WHERE kind = $kind AND parent = $parent", ("$kind", kind.ToString()), ("$parent", parent));

    private static ResourceRecord Map(SqliteDataReader reader) => new(
        reader.GetInt64(0),
        Enum.Parse<ResourceKind>(reader.GetString(1)),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetString(5),
        JsonNode.Parse(reader.GetString(6))!.AsObject(),
        reader.TextOrNull(7) is { } live ? JsonNode.Parse(live)!.AsObject() : null,
        reader.TextOrNull(8),
        StoredTime.Read(reader.GetString(9)),
        StoredTime.Read(reader.GetString(10)));
}
