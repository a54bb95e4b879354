using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>The two keys of an endpoint.</summary>
internal sealed record EndpointKeys(string Primary, string Secondary);

/// <summary>Keys of endpoints, kept apart from the resources so that no read of a resource can show them.</summary>
internal static class EndpointKeyTable
{
    public static EndpointKeys? Find(SqliteConnection connection, string endpoint) =>
        connection.Query(
            "SELECT primary_key, secondary_key FROM endpoint_keys WHERE endpoint = $endpoint",
            reader => new EndpointKeys(reader.GetString(0), reader.GetString(1)),
            ("$endpoint", endpoint)).FirstOrDefault();

    public static void Set(SqliteConnection connection, string endpoint, EndpointKeys keys) =>
        connection.Execute(
            """
            INSERT INTO endpoint_keys (endpoint, primary_key, secondary_key) VALUES ($endpoint, $primary, $secondary)
            ON CONFLICT (endpoint) DO UPDATE SET primary_key = excluded.primary_key, secondary_key = excluded.secondary_key
            """,
            ("$endpoint", endpoint),
            ("$primary", keys.Primary),
            ("$secondary", keys.Secondary));

    public static void Delete(SqliteConnection connection, string endpoint) =>
        connection.Execute("DELETE FROM endpoint_keys WHERE endpoint = $endpoint", ("$endpoint", endpoint));
}
