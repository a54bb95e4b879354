using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;
using MlflowRollout.Emulator.Storage;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class DatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FileName => _folder["state.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_ThatThrows_LeavesNothingBehind()
    {
        using Database database = Database.Open(FileName);

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync(
            connection =>
            {
                SettingsTable.Set(connection, "a", "1");
                throw new InvalidOperationException();
            },
            CancellationToken.None));

        Assert.Null(database.Read(connection => SettingsTable.Find(connection, "a")));
    }

    [Fact]
    public async Task Write_Acknowledged_IsThereForTheNextProcess()
    {
        using (Database first = Database.Open(FileName))
        {
            await first.WriteAsync(connection => SettingsTable.Set(connection, "a", "1"), CancellationToken.None);
        }

        using Database second = Database.Open(FileName);

        Assert.Equal("1", second.Read(connection => SettingsTable.Find(connection, "a")));
    }

    [Fact]
    public async Task Write_FromManyAtOnce_LosesNoChange()
    {
        using Database database = Database.Open(FileName);
        await database.WriteAsync(connection => SettingsTable.Set(connection, "n", "0"), CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(() => database.WriteAsync(
            connection => SettingsTable.Set(connection, "n", $"{int.Parse(SettingsTable.Find(connection, "n")!, System.Globalization.CultureInfo.InvariantCulture) + 1}"),
            CancellationToken.None))));

        Assert.Equal("50", database.Read(connection => SettingsTable.Find(connection, "n")));
    }

    [Fact]
    public async Task Open_OfANewerFormat_IsRefusedAndNotTouched()
    {
        using (Database database = Database.Open(FileName))
        {
            await database.WriteAsync(connection => connection.Execute("UPDATE format SET version = version + 1"), CancellationToken.None);
        }

        StateFormatException exception = Assert.Throws<StateFormatException>(() => Database.Open(FileName));

        Assert.Contains(FileName, exception.Message, StringComparison.Ordinal);
        Assert.Contains("another --data folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Upgrade_OfAnOlderFormat_TakesTheMissingStepsAndKeepsTheData()
    {
        string[] steps = ["CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('kept')", "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'", "UPDATE things SET colour = 'blue'"];
        using SqliteConnection connection = new($"Data Source={FileName};Pooling=False");
        connection.Open();
        StateFormat.Upgrade(connection, FileName, steps[..1]);

        StateFormat.Upgrade(connection, FileName, steps);
        StateFormat.Upgrade(connection, FileName, steps);

        Assert.Equal(3L, connection.Scalar("SELECT version FROM format"));
        Assert.Equal(["kept blue"], connection.Query("SELECT name || ' ' || colour FROM things", reader => reader.GetString(0)));
    }

    [Fact]
    public async Task Upgrade_OfTheFirstFormat_KeepsItsOperationsAndTakesNewContainers()
    {
        using (SqliteConnection connection = new($"Data Source={FileName};Pooling=False"))
        {
            connection.Open();
            StateFormat.Upgrade(connection, FileName, [.. StateFormat.Steps.Take(1)]);
            connection.Execute("INSERT INTO operations (id, kind, endpoint, running_state, status, started_at) VALUES ('a', 'EndpointPut', 'e', 'Creating', 'Running', '2026-01-01T00:00:00.0000000Z')");
        }

        using Database database = Database.Open(FileName);
        await database.WriteAsync(connection => BlobContainerTable.Add(connection, "upload-1", DateTimeOffset.UnixEpoch), CancellationToken.None);

        OperationRecord kept = Assert.Single(database.Read(OperationTable.ListRunning));
        Assert.Equal(("a", OperationKind.EndpointPut, null), (kept.Id, kept.Kind, kept.Detail));
        Assert.Equal((long)StateFormat.Current, database.Read(connection => connection.Scalar("SELECT version FROM format")));
    }

    [Fact]
    public void Upgrade_WhoseStepFails_LeavesTheOlderFormatWhole()
    {
        string[] steps = ["CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('kept')", "ALTER TABLE things ADD COLUMN colour TEXT", "UPDATE nothing SET colour = 'blue'"];
        using SqliteConnection connection = new($"Data Source={FileName};Pooling=False");
        connection.Open();
        StateFormat.Upgrade(connection, FileName, steps[..1]);

        Assert.Throws<SqliteException>(() => StateFormat.Upgrade(connection, FileName, steps));

        Assert.Equal(1L, connection.Scalar("SELECT version FROM format"));
        Assert.Equal(["name"], connection.Query("SELECT name FROM pragma_table_info('things')", reader => reader.GetString(0)));
    }

    [Fact]
    public async Task Start_OnANewerFormat_IsRefusedWithItsOwnExitCode()
    {
        Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(_folder["data", "emulator.lock"], string.Empty); // By this an emulator knows a folder of its own.
        using (Database database = Database.Open(_folder["data", "state.db"]))
        {
            await database.WriteAsync(connection => connection.Execute("UPDATE format SET version = version + 1"), CancellationToken.None);
        }

        StartupException refused = await Assert.ThrowsAsync<StartupException>(
            () => EmulatorProcess.RunAsync(CommandLine.Parse(["--data", _folder["data"]]), TimeProvider.System));

        Assert.Equal(6, refused.ExitCode);
        Assert.Contains("newer emulator", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAnEmptyFile_MakesTheCurrentFormat()
    {
        using Database database = Database.Open(FileName);

        Assert.Equal((long)StateFormat.Current, database.Read(connection => connection.Scalar("SELECT version FROM format")));
    }
}
