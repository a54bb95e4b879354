using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>Named values of the emulator itself: its identity, its token, the port it last had.</summary>
internal static class SettingsTable
{
    public static string? Find(SqliteConnection connection, string name) =>
        (string?)connection.Scalar("SELECT value FROM settings WHERE name = $name", ("$name", name));

    public static void Set(SqliteConnection connection, string name, string value) =>
        connection.Execute(
            "INSERT INTO settings (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            ("$name", name),
            ("$value", value));

    /// <summary>The stored value, or a new one that is stored now.</summary>
    public static string GetOrAdd(SqliteConnection connection, string name, Func<string> create)
    {
        string? value = Find(connection, name);
        if (value is null)
        {
            value = create();
            Set(connection, name, value);
        }

        return value;
    }
}
