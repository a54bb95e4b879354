using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Paths in a definition file: relative ones count from the folder of the file.</summary>
internal static class LocalPaths
{
    /// <summary>The full path of a file or folder that must exist; null (and a finding) where it does not.</summary>
    /// <param name="scope">The reading.</param>
    /// <param name="at">The value.</param>
    /// <param name="key">Its key.</param>
    /// <param name="mustBeFolder">True for a folder, false for a file, null for either.</param>
    public static string? Find(DefinitionScope scope, YamlItem at, string key, bool? mustBeFolder)
    {
        string written = at.Text!;
        string? full = FullPath(scope.Folder, written);
        if (full is null)
        {
            scope.Findings.Add(at, $"'{key}' is '{written}', which is no path");
            return null;
        }

        bool isFile = File.Exists(full);
        bool isFolder = Directory.Exists(full);
        if (!isFile && !isFolder)
        {
            scope.Findings.Add(at, $"'{key}' is '{written}', and there is no {(mustBeFolder switch { true => "folder", false => "file", _ => "file or folder" })} '{full}' (relative paths count from the definition file)");
            return null;
        }

        if (mustBeFolder == true && !isFolder || mustBeFolder == false && !isFile)
        {
            scope.Findings.Add(at, $"'{key}' is '{written}', and '{full}' is {(isFile ? "a file, where a folder is needed" : "a folder, where a file is needed")}");
            return null;
        }

        return full;
    }

    private static string? FullPath(string folder, string written)
    {
        if (string.IsNullOrWhiteSpace(written) || written.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        // A file that was written on Windows.
        string native = Path.DirectorySeparatorChar == '/' ? written.Replace('\\', '/') : written;
        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(native, folder));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or PathTooLongException)
        {
            return null;
        }
    }
}
