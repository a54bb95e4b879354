namespace MlflowRollout.Emulator.Models;

/// <summary>Paths that a model names must stay in its folder, links included.</summary>
internal static class ModelPath
{
    /// <summary>The full path of <paramref name="relative"/> inside <paramref name="folder"/>.</summary>
    /// <exception cref="ModelFormatException">It leads out of the folder.</exception>
    public static string Resolve(string folder, string key, string relative)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        // A model may have been written on Windows.
        var portable = relative.Replace('\\', '/');
        if (Path.IsPathRooted(portable) || (portable.Length > 1 && portable[1] == ':'))
        {
            throw Leaves(key, relative);
        }

        var full = Path.GetFullPath(Path.Combine(root, portable));
        if (!IsInside(root, full))
        {
            throw Leaves(key, relative);
        }

        CheckLinks(root, full, key, relative);
        return full;
    }

    private static void CheckLinks(string root, string full, string key, string relative)
    {
        var current = root;
        foreach (var part in Path.GetRelativePath(root, full).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            current = Path.Combine(current, part);
            FileSystemInfo entry = Directory.Exists(current) ? new DirectoryInfo(current) : new FileInfo(current);
            if (entry.LinkTarget is null)
            {
                continue;
            }

            var target = entry.ResolveLinkTarget(returnFinalTarget: true);
            if (target is null || !IsInside(root, Path.GetFullPath(target.FullName)))
            {
                throw Leaves(key, relative);
            }
        }
    }

    private static bool IsInside(string root, string full)
        => full == root || full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static ModelFormatException Leaves(string key, string relative)
        => new($"MLmodel names '{relative}' under '{key}', which is outside the model folder. A model may only name files inside its own folder.");
}
