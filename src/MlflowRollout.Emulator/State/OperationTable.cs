using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>Reads and writes rows of the operation table, inside the caller's transaction.</summary>
internal static class OperationTable
{
    private const string Columns =
        "id, kind, endpoint, deployment, running_state, status, started_at, ended_at, error_code, error_message, fault, detail";

    public static OperationRecord? Find(SqliteConnection connection, string id) =>
        connection.Query($"SELECT {Columns} FROM operations WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    public static List<OperationRecord> ListRunning(SqliteConnection connection) =>
        connection.Query($"SELECT {Columns} FROM operations WHERE status = 'Running' ORDER BY sequence", Map);

    public static List<OperationRecord> ListAll(SqliteConnection connection) =>
        connection.Query($"SELECT {Columns} FROM operations ORDER BY sequence", Map);

    public static void Insert(SqliteConnection connection, OperationRecord operation) =>
        connection.Execute(
            """
            INSERT INTO operations (id, kind, endpoint, deployment, running_state, status, started_at, fault, detail)
            VALUES ($id, $kind, $endpoint, $deployment, $running, $status, $started, $fault, $detail)
            """,
            ("$id", operation.Id),
            ("$kind", operation.Kind.ToString()),
            ("$endpoint", operation.Endpoint),
            ("$deployment", operation.Deployment),
            ("$running", operation.RunningState),
            ("$status", operation.Status.ToString()),
            ("$started", StoredTime.Write(operation.StartedAt)),
            ("$fault", operation.Fault),
            ("$detail", operation.Detail));

    public static void Finish(SqliteConnection connection, OperationRecord operation) =>
        connection.Execute(
            "UPDATE operations SET status = $status, ended_at = $ended, error_code = $code, error_message = $message WHERE id = $id",
            ("$id", operation.Id),
            ("$status", operation.Status.ToString()),
            ("$ended", operation.EndedAt is { } ended ? StoredTime.Write(ended) : null),
            ("$code", operation.ErrorCode),
            ("$message", operation.ErrorMessage));

    private static OperationRecord Map(SqliteDataReader reader) => new(
        reader.GetString(0),
        Enum.Parse<OperationKind>(reader.GetString(1)),
        reader.GetString(2),
        reader.TextOrNull(3),
        reader.GetString(4),
        Enum.Parse<OperationStatus>(reader.GetString(5)),
        StoredTime.Read(reader.GetString(6)),
        reader.TextOrNull(7) is { } ended ? StoredTime.Read(ended) : null,
        reader.TextOrNull(8),
        reader.TextOrNull(9),
        reader.TextOrNull(10),
        reader.TextOrNull(11));
}
