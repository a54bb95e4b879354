using System.Globalization;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>The emulator's folder, held by a lock so that two emulators never share one.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "emulator.lock";

    private readonly FileStream _lock;
    private readonly bool _ephemeral;

    private DataFolder(string root, FileStream lockFile, bool ephemeral)
    {
        Root = root;
        _lock = lockFile;
        _ephemeral = ephemeral;
    }

    public string Root { get; }

    public string Database => Path.Combine(Root, "state.db");

    public string Tls => Path.Combine(Root, "tls");

    public string Content => Path.Combine(Root, "content");

    public string Models => Path.Combine(Root, "models");

    public string Work => Path.Combine(Root, "work");

    public string DefaultConnectionFile => Path.Combine(Root, "connection.json");

    private string ProcessFile => Path.Combine(Root, "emulator.pid");

    /// <summary>Takes the folder, making it if absent.</summary>
    public static DataFolder Open(string? path, bool ephemeral)
    {
        string root = path ?? (ephemeral
            ? Path.Combine(Path.GetTempPath(), $"mlflow-emulator-{Guid.NewGuid():N}")
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "MlflowRollout",
                "emulator"));
        try
        {
            PrivateFile.CreateFolder(root);
            // It clears folders of plain names in there, so it takes none that is somebody else's.
            bool wasOurs = File.Exists(Path.Combine(root, LockName));
            if (!wasOurs && Directory.EnumerateFileSystemEntries(root).Any())
            {
                throw Unusable(root, ephemeral
                    ? "holds files that are not an emulator's, and --ephemeral would delete them"
                    : "holds files that are not an emulator's, which it could overwrite or delete");
            }

            FileStream lockFile = TakeLock(root);
            DataFolder folder = new(root, lockFile, ephemeral);
            try
            {
                folder.Mark(wasOurs);
                File.WriteAllText(folder.ProcessFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                foreach (string child in new[] { folder.Tls, folder.Content, folder.Models })
                {
                    PrivateFile.CreateFolder(child);
                }

                // What a crash left half-written was never acknowledged.
                if (Directory.Exists(folder.Work))
                {
                    Directory.Delete(folder.Work, recursive: true);
                }

                PrivateFile.CreateFolder(folder.Work);
                return folder;
            }
            catch
            {
                folder._lock.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                ExitCode.DataFolderUnusable,
                $"The data folder {root} cannot be used: {exception.Message} Give --data a folder that this user may write to.",
                exception);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(ProcessFile);
            if (_ephemeral)
            {
                // Windows cannot delete the lock file while it is held; the order differs, the result does not.
                _lock.Dispose();
                Directory.Delete(Root, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The data folder {Root} could not be removed: {exception.Message}");
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static StartupException Unusable(string root, string why) =>
        new(ExitCode.DataFolderUnusable, $"The folder {root} {why}. Give --data an empty or new folder.");

    // What was kept once must not go with a session: only a folder that was ephemeral from its first moment is deleted.
    private void Mark(bool wasOurs)
    {
        string marker = Path.Combine(Root, "emulator.ephemeral");
        if (!_ephemeral)
        {
            File.Delete(marker);
        }
        else if (!wasOurs)
        {
            File.WriteAllText(marker, string.Empty);
        }
        else if (!File.Exists(marker))
        {
            throw Unusable(Root, "holds the data of an emulator that keeps them, and --ephemeral would delete them");
        }
    }

    private static FileStream TakeLock(string root)
    {
        string path = Path.Combine(root, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            string process = ReadProcess(root) is { } pid ? $" (process {pid})" : string.Empty;
            throw new StartupException(
                ExitCode.DataFolderInUse,
                $"The data folder {root} is in use by another emulator{process}. Stop that one, or give --data another folder.",
                exception);
        }
    }

    /// <summary>Held by another process, and not, say, on a read-only disk: Windows' sharing violation, EWOULDBLOCK of Linux and of macOS.</summary>
    private static bool IsHeld(IOException exception) => OperatingSystem.IsWindows()
        ? exception.HResult is unchecked((int)0x80070020) or unchecked((int)0x80070021)
        : exception.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    private static string? ReadProcess(string root)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, "emulator.pid")).Trim() is { Length: > 0 } text ? text : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
