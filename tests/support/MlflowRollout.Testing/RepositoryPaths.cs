namespace MlflowRollout.Testing;

/// <summary>Where things are in the work tree that the tests were built from.</summary>
public static class RepositoryPaths
{
    private static readonly Lazy<string> LazyRoot = new(FindRoot);

    /// <summary>The root of the repository.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>The folder that holds the composed packages; it belongs on the module path.</summary>
    public static string Output => Path.Combine(Root, "output");

    /// <summary>The composed manifest of the module, which must have been built.</summary>
    public static string ModuleManifest => Built(Path.Combine(VersionFolder("MlflowRollout"), "MlflowRollout.psd1"));

    /// <summary>The folder of the composed module.</summary>
    public static string ModuleBase => Path.GetDirectoryName(ModuleManifest)!;

    /// <summary>The composed emulator, which must have been built.</summary>
    public static string EmulatorAssembly => Built(Path.Combine(VersionFolder("MlflowRollout.Emulator"), "bin", "MlflowRollout.Emulator.dll"));

    /// <summary>The built shell of the configuration that the tests run in.</summary>
    public static string ShellAssembly =>
        Built(Path.Combine(Root, "src", "MlflowRollout.Shell", "bin", Configuration, "net10.0", "MlflowRollout.Shell.dll"));

    /// <summary>Debug or Release: the configuration that the tests run in.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release"
            : "Debug";

    /// <summary>The <c>dotnet</c> that runs the tests.</summary>
    public static string DotNet { get; } = FindDotNet();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            // The manifest stands for the solution where only single projects are built.
            if (File.Exists(Path.Combine(folder.FullName, "cmdlets.sln")) || File.Exists(Path.Combine(folder.FullName, "MlflowRollout.psd1"))
                && File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds cmdlets.sln. Run the tests from inside the work tree.");
    }

    private static string VersionFolder(string package)
    {
        string version = typeof(RepositoryPaths).Assembly.GetName().Version!.ToString(3);
        return Path.Combine(Output, package, version);
    }

    private static string Built(string path) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"'{path}' is not there. Build first: dotnet build cmdlets.sln.", path);

    private static string FindDotNet()
    {
        string? own = Environment.ProcessPath;
        return own is not null && string.Equals(Path.GetFileNameWithoutExtension(own), "dotnet", StringComparison.OrdinalIgnoreCase)
            ? own
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
    }
}
