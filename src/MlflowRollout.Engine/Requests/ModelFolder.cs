namespace MlflowRollout.Engine.Requests;

/// <summary>A model folder whose content must not lead out of it.</summary>
internal sealed class ModelFolder
{
    private readonly string _folder;
    private readonly string _real;

    /// <summary>Takes a folder that exists.</summary>
    /// <exception cref="MlValidationException">There is no such folder.</exception>
    public ModelFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            string rule = File.Exists(folder) ? "is a file; an MLflow model is a folder" : "does not exist";
            throw new MlValidationException(MlErrorIds.PathNotFound, $"The folder '{folder}' {rule}.", MlErrorCategory.ObjectNotFound) { Target = folder };
        }

        _folder = Path.GetFullPath(folder);
        _real = RealPath(_folder);
    }

    /// <summary>An error about a model folder.</summary>
    public static MlValidationException Invalid(string message, string target, Exception? cause = null) =>
        new(MlErrorIds.ModelFolderInvalid, message, MlErrorCategory.InvalidData, cause) { Target = target };

    /// <summary>A folder directly within this one that has the file.</summary>
    public string? FindNested(string fileName)
    {
        try
        {
            return Directory.EnumerateDirectories(_folder).FirstOrDefault(inner => File.Exists(Path.Combine(inner, fileName)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Refuses symbolic links that lead out of the folder, or nowhere: an upload would follow them.</summary>
    public void CheckLinks()
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        try
        {
            foreach (FileSystemInfo link in Links(all))
            {
                if (BrokenLinkRule(link) is { } rule)
                {
                    throw Invalid(
                        $"'{Path.GetRelativePath(_folder, link.FullName)}' in the model folder '{_folder}' is a link to '{link.LinkTarget}', which {rule}. Put a copy of the file there, or remove the link.",
                        _folder);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(
                MlErrorIds.ModelFolderInvalid, $"The model folder '{_folder}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception) { Target = _folder };
        }
    }

    /// <summary>What is wrong with a link in the folder: it leads out of it, or nowhere. Null where nothing is.</summary>
    public string? BrokenLinkRule(FileSystemInfo link) => FinalTarget(link) is not { } target
        ? "does not exist"
        : IsWithin(_real, RealPath(target)) ? null : "leaves the folder";

    /// <summary>Refuses a reference that is absolute, leaves the folder, or names nothing.</summary>
    public void CheckReference(string file, MlmodelReference reference)
    {
        string written = reference.RelativePath;
        string where = $"The file '{file}' (line {reference.Line}) names '{written}' as {reference.Setting}";
        if (Path.IsPathRooted(written) || written.Contains(':', StringComparison.Ordinal) || written.StartsWith('\\') || written.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid($"{where}, which is no path within the model folder. Paths must be relative to '{_folder}'.", _folder);
        }

        string full = Path.GetFullPath(Path.Combine(_folder, written.Replace('\\', '/')));
        if (!IsWithin(_folder, full))
        {
            throw Invalid($"{where}, which leaves the model folder. Everything that the model needs must lie within '{_folder}'.", _folder);
        }

        if (!File.Exists(full) && !Directory.Exists(full))
        {
            throw Invalid($"{where}, and there is no such file or folder in '{_folder}'. Copy it there or log the model again.", _folder);
        }

        if (!IsWithin(_real, RealPath(full)))
        {
            throw Invalid($"{where}, which a symbolic link leads out of the model folder. Put a copy of the file there instead.", _folder);
        }
    }

    private static bool IsWithin(string folder, string path)
    {
        string relative = Path.GetRelativePath(folder, path);
        return relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal) && !relative.StartsWith("..\\", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    // Recursion does not follow links: an enumeration reports them and goes on.
    private IEnumerable<FileSystemInfo> Links(EnumerationOptions all)
    {
        Stack<DirectoryInfo> folders = new([new DirectoryInfo(_folder)]);
        all.RecurseSubdirectories = false;
        while (folders.TryPop(out DirectoryInfo? folder))
        {
            foreach (FileSystemInfo item in folder.EnumerateFileSystemInfos("*", all))
            {
                if (item.LinkTarget is not null)
                {
                    yield return item;
                }
                else if (item is DirectoryInfo inner)
                {
                    folders.Push(inner);
                }
            }
        }
    }

    private static string? FinalTarget(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target ? target.FullName : null;
        }
        catch (IOException)
        {
            // A circle of links.
            return null;
        }
    }

    // The path with the links of every part resolved.
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string root = Path.GetPathRoot(full)!;
        string real = root;
        int hops = 0;
        Queue<string> parts = new(full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries));
        while (parts.TryDequeue(out string? part))
        {
            string next = Path.Combine(real, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is { } target && hops++ < 40)
            {
                string resolved = Path.GetFullPath(target, real);
                root = Path.GetPathRoot(resolved)!;
                real = root;
                parts = new Queue<string>([.. resolved[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries), .. parts]);
            }
            else
            {
                real = next;
            }
        }

        return real;
    }
}
