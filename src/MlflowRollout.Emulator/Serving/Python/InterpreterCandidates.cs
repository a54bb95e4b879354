namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>The Python interpreters of this machine, in the order in which they are tried.</summary>
internal static class InterpreterCandidates
{
    private static readonly string[] UnixNames = ["python3", "python"];
    private static readonly string[] WindowsNames = ["python3.exe", "python.exe", "py.exe"];
    private static readonly string[] UnixFolders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    /// <param name="chosen">The value of <c>--python</c>.</param>
    /// <param name="path">The value of PATH.</param>
    public static IReadOnlyList<string> List(string? chosen, string? path)
    {
        var folders = (path ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathFullyQualified).ToList();
        var candidates = new List<string>();
        var seen = new HashSet<string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        if (chosen is not null)
        {
            // Tried even where it is not there, so that the account says so.
            candidates.Add(Locate(chosen, folders) ?? chosen);
            seen.Add(Identity(candidates[0]));
        }

        var names = OperatingSystem.IsWindows() ? WindowsNames : UnixNames;
        var onPath = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)));
        var systems = OperatingSystem.IsWindows() ? [] : UnixFolders.SelectMany(folder => names.Select(name => Path.Combine(folder, name)));
        foreach (var file in onPath.Concat(systems))
        {
            if (File.Exists(file) && seen.Add(Identity(file)))
            {
                candidates.Add(file);
            }
        }

        return candidates;
    }

    private static string? Locate(string chosen, IEnumerable<string> folders)
    {
        if (chosen.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || chosen.Contains(Path.AltDirectorySeparatorChar, StringComparison.Ordinal))
        {
            return Path.GetFullPath(chosen);
        }

        var names = OperatingSystem.IsWindows() && !Path.HasExtension(chosen) ? new[] { chosen + ".exe" } : [chosen];
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>
    /// Two names of one folder for one program are the same interpreter; a link from another folder is not, since virtual environments are
    /// links too.
    /// </summary>
    private static string Identity(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file)!;
            var real = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
            var named = Path.Combine(real, Path.GetFileName(file));
            var target = new FileInfo(named).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? named;
            return $"{real}|{target}";
        }
        catch (IOException)
        {
            return file;
        }
    }
}
