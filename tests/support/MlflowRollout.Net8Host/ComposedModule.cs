using System.Reflection;
using System.Runtime.Loader;

namespace MlflowRollout.Net8Host;

/// <summary>The assemblies of the composed module, loaded as PowerShell loads them: by path, into the default context.</summary>
internal sealed class ComposedModule
{
    private const string EngineHostType = "MlflowRollout.LoadContext.EngineHost";

    private ComposedModule(Assembly abstractions, Assembly cmdlets, string engineFile)
    {
        Abstractions = abstractions;
        Cmdlets = cmdlets;
        EngineFile = engineFile;
    }

    public Assembly Abstractions { get; }

    public Assembly Cmdlets { get; }

    public string EngineFile { get; }

    public static ComposedModule Load(string moduleFolder)
    {
        string bin = Path.Combine(moduleFolder, "bin");
        return new ComposedModule(
            AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(bin, "MlflowRollout.Abstractions.dll")),
            AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(bin, "MlflowRollout.dll")),
            Path.Combine(bin, "engine", "MlflowRollout.Engine.dll"));
    }

    /// <summary>The engine, made by the module itself in its own load context. An object, so that this type loads before the module.</summary>
    public object CreateEngine() =>
        Cmdlets.GetType(EngineHostType, throwOnError: true)!.GetProperty("Engine", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)
        ?? throw new InvalidOperationException($"{EngineHostType} made no engine.");
}
