namespace MlflowRollout.Shell;

/// <summary>Where the shell looks for modules.</summary>
internal static class ModulePath
{
    private const string Variable = "PSModulePath";

    /// <summary>
    /// Puts these folders, then the one with the composed packages, before all others. The engine puts its own folders first when a
    /// runspace opens, so this comes after that.
    /// </summary>
    public static void PutFirst(IEnumerable<string> folders)
    {
        string[] own = [.. folders.Select(Path.GetFullPath), .. FindPackages(AppContext.BaseDirectory) is string packages ? [packages] : Array.Empty<string>()];
        string[] others = (Environment.GetEnvironmentVariable(Variable) ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        Environment.SetEnvironmentVariable(Variable, string.Join(Path.PathSeparator, own.Union(others, StringComparer.Ordinal)));
    }

    /// <summary>The folder that holds the module: beside the shell, in its <c>Modules</c>, or <c>output</c> of a folder above it.</summary>
    public static string? FindPackages(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string[] candidates = [folder.FullName, Path.Combine(folder.FullName, "Modules"), Path.Combine(folder.FullName, "output")];
            if (Array.Find(candidates, HoldsModule) is string found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool HoldsModule(string folder)
    {
        string module = Path.Combine(folder, "MlflowRollout");
        return Directory.Exists(module)
            && (File.Exists(Path.Combine(module, "MlflowRollout.psd1"))
                || Directory.EnumerateDirectories(module).Any(static version => File.Exists(Path.Combine(version, "MlflowRollout.psd1"))));
    }
}
