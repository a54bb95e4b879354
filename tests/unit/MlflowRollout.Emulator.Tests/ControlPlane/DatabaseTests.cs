using MlflowRollout.Emulator.State;
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
    public void Open_OfAnEmptyFile_MakesTheCurrentFormat()
    {
        using Database database = Database.Open(FileName);

        Assert.Equal((long)StateFormat.Current, database.Read(connection => connection.Scalar("SELECT version FROM format")));
    }
}
