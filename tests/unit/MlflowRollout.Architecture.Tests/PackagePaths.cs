using System.Xml.Linq;
using MlflowRollout.Testing;

namespace MlflowRollout.Architecture.Tests;

/// <summary>Where the build put the packages.</summary>
internal static class PackagePaths
{
    internal static string Version { get; } =
        XDocument.Load(Path.Combine(RepositoryPaths.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    internal static string Module { get; } = Path.Combine(RepositoryPaths.Root, "output", "MlflowRollout", Version);

    internal static string Emulator { get; } = Path.Combine(RepositoryPaths.Root, "output", "MlflowRollout.Emulator", Version);
}
