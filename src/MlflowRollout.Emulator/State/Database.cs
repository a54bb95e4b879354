using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace MlflowRollout.Emulator.State;

/// <summary>
/// The emulator's SQLite file: any number of readers, one writer at a time. A change is acknowledged only after its
/// transaction is on disk (WAL with synchronous FULL).
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writerGate = new(1, 1);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];

    private Database(string connectionString, SqliteConnection writer)
    {
        _connectionString = connectionString;
        _writer = writer;
    }

    /// <summary>Opens the file, makes it if absent, and brings its format to the current version.</summary>
    /// <exception cref="StateFormatException">The file was written by a newer emulator.</exception>
    public static Database Open(string file)
    {
        string connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString();
        CreatePrivate(file);
        SqliteConnection writer = new(connectionString);
        try
        {
            writer.Open();
            writer.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
            StateFormat.Upgrade(writer, file);
            return new Database(connectionString, writer);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>The file holds keys, and SQLite gives its companions the permissions that it finds.</summary>
    private static void CreatePrivate(string file)
    {
        if (!OperatingSystem.IsWindows() && !File.Exists(file))
        {
            using FileStream created = new(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }

    /// <summary>Runs a query on the last committed state.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        if (!_readers.TryTake(out SqliteConnection? connection))
        {
            connection = new SqliteConnection(_connectionString);
            connection.Open();
        }

        bool healthy = false;
        try
        {
            // A read transaction, so that a query of several statements sees one state.
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
            T result = query(connection);
            transaction.Commit();
            healthy = true;
            return result;
        }
        finally
        {
            if (healthy)
            {
                _readers.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Runs a change as one transaction; an exception undoes all of it.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> change, CancellationToken cancellationToken)
    {
        await _writerGate.WaitAsync(cancellationToken);
        try
        {
            using SqliteTransaction transaction = _writer.BeginTransaction();
            T result = change(_writer);
            transaction.Commit();
            return result;
        }
        finally
        {
            _writerGate.Release();
        }
    }

    /// <summary>Runs a change that has no result as one transaction.</summary>
    public Task WriteAsync(Action<SqliteConnection> change, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                change(connection);
                return true;
            },
            cancellationToken);

    public void Dispose()
    {
        foreach (SqliteConnection reader in _readers)
        {
            reader.Dispose();
        }

        _writer.Dispose();
        _writerGate.Dispose();
    }
}
