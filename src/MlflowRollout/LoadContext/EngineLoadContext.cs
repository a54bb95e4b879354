using System.Reflection;
using System.Runtime.Loader;

namespace MlflowRollout.LoadContext;

/// <summary>
/// Holds the engine and all of its packages apart from what other modules load, so that their Azure.Core or YamlDotNet and ours never meet.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    /// <summary>Name of the context, shown by diagnostics and asserted by tests.</summary>
    internal const string ContextName = "MlflowRollout.Engine";

    private readonly AssemblyDependencyResolver _resolver;
    private readonly Dictionary<string, string> _platformAssemblies;

    internal EngineLoadContext(string engineAssemblyPath)
        : base(ContextName, isCollectible: false)
    {
        _resolver = new AssemblyDependencyResolver(engineAssemblyPath);
        _platformAssemblies = ReadPlatformAssemblies();
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;

        // Types that cross the border must be the ones that PowerShell sees.
        if (name is "MlflowRollout.Abstractions" or "System.Management.Automation")
        {
            return null;
        }

        string? path = _resolver.ResolveAssemblyToPath(assemblyName);
        if (path is null)
        {
            return null;
        }

        // Two copies of one framework assembly break type identity, so the host's copy is used unless ours is strictly newer
        // (the framework of PowerShell 7.4 is older than what the packages want).
        return _platformAssemblies.TryGetValue(name, out string? platformPath) && AssemblyName.GetAssemblyName(platformPath).Version >= AssemblyName.GetAssemblyName(path).Version
            ? null
            : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private static Dictionary<string, string> ReadPlatformAssemblies()
    {
        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list)
        {
            foreach (string path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                byName.TryAdd(Path.GetFileNameWithoutExtension(path), path);
            }
        }

        return byName;
    }
}
