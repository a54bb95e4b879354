using System.Collections.ObjectModel;
using System.Management.Automation;
using DriveNotFoundException = System.Management.Automation.DriveNotFoundException;

namespace MlflowRollout.Parameters;

/// <summary>Turns paths of the session (drives, relative to the current location, wildcards) into paths of the file system. For the pipeline thread only.</summary>
internal static class FileSystemPath
{
    private const string ProviderName = "FileSystem";
    private const int MostNames = 8;

    /// <summary>The one file or folder that a path with wildcards names.</summary>
    /// <param name="cmdlet">Whose session it is.</param>
    /// <param name="path">As typed.</param>
    /// <exception cref="MlException">It names nothing, several, or something outside of the file system.</exception>
    internal static string ResolveOne(PSCmdlet cmdlet, string path)
    {
        Collection<string> found;
        ProviderInfo provider;
        try
        {
            found = cmdlet.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (Exception e) when (e is ItemNotFoundException or DriveNotFoundException)
        {
            throw NotFound(cmdlet, path);
        }

        return (provider.Name, found.Count) switch
        {
            (not ProviderName, _) => throw NotAFile(path, provider),
            (_, 1) => found[0],
            (_, 0) => throw NotFound(cmdlet, path),
            _ => throw new MlValidationException(MlErrorIds.ParameterInvalid, $"'{path}' matches {found.Count} files or folders; one is needed.")
            {
                RecommendedAction = "Write the path out, or give it with -LiteralPath.",
            },
        };
    }

    /// <summary>The file or folder that a path names as it stands; it must exist.</summary>
    internal static string ResolveLiteral(PSCmdlet cmdlet, string path)
    {
        string resolved = ResolveNew(cmdlet, path);
        return Path.Exists(resolved) ? resolved : throw NotFound(cmdlet, path);
    }

    /// <summary>The full path of a file or folder that may not exist yet; one with wildcards must name one that does.</summary>
    internal static string ResolveTarget(PSCmdlet cmdlet, string path) =>
        WildcardPattern.ContainsWildcardCharacters(path) ? ResolveOne(cmdlet, path) : ResolveNew(cmdlet, path);

    /// <summary>The full path of a file or folder that may not exist yet.</summary>
    internal static string ResolveNew(PSCmdlet cmdlet, string path)
    {
        try
        {
            string resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == ProviderName ? resolved : throw NotAFile(path, provider);
        }
        catch (DriveNotFoundException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"There is no drive for '{Shown(path)}'.", MlErrorCategory.ObjectNotFound) { Target = Shown(path) };
        }
    }

    private static MlValidationException NotFound(PSCmdlet cmdlet, string path) =>
        new(MlErrorIds.PathNotFound, $"There is no file or folder '{Shown(path)}'.{Around(cmdlet, path)}", MlErrorCategory.ObjectNotFound)
        {
            Target = Shown(path),
            RecommendedAction = "Relative paths count from the current location; in a script begin them with $PSScriptRoot.",
        };

    // Where it was looked for, and what is there instead. Never fails: this is the text of an error.
    private static string Around(PSCmdlet cmdlet, string path)
    {
        if (path.Contains("://", StringComparison.Ordinal) || WildcardPattern.ContainsWildcardCharacters(path))
        {
            return string.Empty;
        }

        try
        {
            string full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
            string? folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full));
            if (folder is null || !Directory.Exists(folder))
            {
                return folder is null ? string.Empty : $" Its folder '{folder}' does not exist.";
            }

            string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Take(MostNames + 1).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.OrdinalIgnoreCase)];
            string? other = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(name => string.Equals(name, Path.GetFileName(full), StringComparison.OrdinalIgnoreCase));
            return other is not null ? $" In '{folder}' there is '{other}': mind capital letters."
                : names.Length == 0 ? $" The folder '{folder}' is empty."
                : names.Length > MostNames ? $" It was looked for in '{folder}'."
                : $" In '{folder}' there {(names.Length == 1 ? "is" : "are")}: {string.Join(", ", names)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RuntimeException or ArgumentException or NotSupportedException)
        {
            return string.Empty;
        }
    }

    // The query of an address that was given for a path may be a signature.
    private static string Shown(string path)
    {
        int query = path.Contains("://", StringComparison.Ordinal) ? path.IndexOf('?', StringComparison.Ordinal) : -1;
        return query < 0 ? path : path[..query];
    }

    private static MlValidationException NotAFile(string path, ProviderInfo provider) =>
        new(MlErrorIds.PathNotFound, $"'{Shown(path)}' is in provider {provider.Name}, not in the file system.") { Target = Shown(path) };
}
