using MlflowRollout.Services;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Finds the emulator's package and the <c>dotnet</c> that runs it.</summary>
internal static class EmulatorPackage
{
    private const string PackageName = "MlflowRollout.Emulator";

    /// <summary>Full path of the emulator's assembly: the newest version in the first folder that has one.</summary>
    public static string Find(MlEmulatorOptions options)
    {
        foreach (string folder in options.PackageFolders)
        {
            string package = Path.Combine(folder, PackageName);
            if (!Directory.Exists(package))
            {
                continue;
            }

            string? newest = Directory.EnumerateDirectories(package)
                .Select(version => (Version: Version.TryParse(Path.GetFileName(version), out Version? parsed) ? parsed : null, Assembly: Path.Combine(version, "bin", PackageName + ".dll")))
                .Where(found => found.Version is not null && File.Exists(found.Assembly))
                .OrderByDescending(found => found.Version)
                .Select(found => found.Assembly)
                .FirstOrDefault();
            if (newest is not null)
            {
                return newest;
            }
        }

        throw new MlConnectionException(
            MlErrorIds.EmulatorNotInstalled,
            $"The package {PackageName} is not installed. Looked in: {(options.PackageFolders.Count == 0 ? "nowhere" : string.Join(Path.PathSeparator, options.PackageFolders))}.",
            MlErrorCategory.ObjectNotFound)
        {
            IsTerminating = true,
            Target = PackageName,
            RecommendedAction = $"Install it with Install-Module {PackageName}, or put it beside the module MlflowRollout.",
        };
    }

    /// <summary>The <c>dotnet</c> to run it with.</summary>
    public static string FindHost(Func<string, string?> environment)
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        IEnumerable<string?> folders = new[] { environment("DOTNET_ROOT") }
            .Concat((environment("PATH") ?? string.Empty).Split(Path.PathSeparator))
            .Append(OperatingSystem.IsWindows() ? Path.Combine(environment("ProgramFiles") ?? @"C:\Program Files", "dotnet") : "/usr/share/dotnet")
            .Append(OperatingSystem.IsWindows() ? null : "/usr/lib/dotnet")
            .Append(OperatingSystem.IsMacOS() ? "/usr/local/share/dotnet" : null);
        IEnumerable<string> candidates = folders.Where(folder => !string.IsNullOrWhiteSpace(folder)).Select(folder => Path.Combine(folder!, name));
        if (environment("DOTNET_HOST_PATH") is { Length: > 0 } host)
        {
            candidates = candidates.Prepend(host);
        }

        return candidates.FirstOrDefault(File.Exists) ?? throw RuntimeMissing("no 'dotnet' was found on the PATH", null);
    }

    /// <summary>The error for a missing runtime.</summary>
    public static MlConnectionException RuntimeMissing(string what, string? output) => new(
        MlErrorIds.EmulatorRuntimeMissing,
        $"The emulator needs 'dotnet' with the ASP.NET Core runtime 8 or later, and {what}.{(string.IsNullOrWhiteSpace(output) ? string.Empty : $" It said: {output.Trim()}")}",
        MlErrorCategory.ObjectNotFound)
    {
        IsTerminating = true,
        Target = "dotnet",
        RecommendedAction = "Install the ASP.NET Core runtime or the .NET SDK (https://dotnet.microsoft.com/download/dotnet; on Debian and Ubuntu the package aspnetcore-runtime-8.0) and start again.",
    };
}
