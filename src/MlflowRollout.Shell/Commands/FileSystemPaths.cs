using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Turns the paths that a cmdlet is given into files, with the errors that PowerShell's own cmdlets give.</summary>
internal static class FileSystemPaths
{
    private const string Provider = "FileSystem";

    /// <summary>The one file that a path names, whether or not it exists; a terminating error otherwise.</summary>
    public static string ResolveFile(PSCmdlet cmdlet, string path, bool literal)
    {
        ProviderInfo provider;
        string resolved;
        if (literal)
        {
            resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        else
        {
            try
            {
                Collection<string> matches = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
                if (matches.Count > 1)
                {
                    throw Terminate(cmdlet, new PSNotSupportedException("Cannot perform operation because the wildcard path resolves to more than one file."),
                        "ReadWriteMultipleFilesNotSupported", ErrorCategory.InvalidArgument, path);
                }

                if (matches.Count == 0)
                {
                    throw Terminate(cmdlet, new FileNotFoundException($"Cannot perform operation because the wildcard path {path} did not resolve to a file."),
                        "FileOpenFailure", ErrorCategory.OpenError, path);
                }

                resolved = matches[0];
            }
            catch (ItemNotFoundException)
            {
                resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
            }
        }

        return provider.Name == Provider
            ? resolved
            : throw Terminate(cmdlet, new PSNotSupportedException($"Cannot open file because the current provider ({provider.Name}) cannot open a file."),
                "ReadWriteFileNotFileSystemProvider", ErrorCategory.InvalidArgument, path);
    }

    /// <summary>The existing files that a path names; a non-terminating error where a path without wildcards names none.</summary>
    public static IReadOnlyList<string> ResolveExisting(PSCmdlet cmdlet, string path, bool literal)
    {
        try
        {
            ProviderInfo provider;
            Collection<string> files = literal
                ? [cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)]
                : cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
            if (provider.Name != Provider)
            {
                cmdlet.WriteError(new ErrorRecord(
                    new PSNotSupportedException($"'{path}' belongs to the provider {provider.Name}; this shell reads files only."),
                    "NotFileSystem", ErrorCategory.InvalidArgument, path));
                return [];
            }

            if (literal && !File.Exists(files[0]) && !Directory.Exists(files[0]))
            {
                cmdlet.WriteError(new ErrorRecord(
                    new ItemNotFoundException($"Cannot find path '{files[0]}' because it does not exist."), "PathNotFound", ErrorCategory.ObjectNotFound, path));
                return [];
            }

            return files;
        }
        catch (ItemNotFoundException e)
        {
            cmdlet.WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (System.Management.Automation.DriveNotFoundException e)
        {
            cmdlet.WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (ProviderNotFoundException e)
        {
            cmdlet.WriteError(new ErrorRecord(e.ErrorRecord, e));
        }

        return [];
    }

    /// <summary>Ends the cmdlet because a file cannot be opened.</summary>
    public static Exception OpenFailure(PSCmdlet cmdlet, Exception reason, string path, string id = "FileOpenFailure", ErrorCategory category = ErrorCategory.OpenError) =>
        Terminate(cmdlet, reason, id, category, path);

    private static Exception Terminate(PSCmdlet cmdlet, Exception reason, string id, ErrorCategory category, object target)
    {
        cmdlet.ThrowTerminatingError(new ErrorRecord(reason, id, category, target));
        return reason;
    }
}
