using System.Reflection;
using MlflowRollout.Services;

namespace MlflowRollout.LoadContext;

/// <summary>The one engine of the process, made on first use in its own load context.</summary>
internal static class EngineHost
{
    private static readonly Lazy<IMlEngine> Instance = new(Create, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Stands in for the engine in tests of the cmdlets alone.</summary>
    internal static IMlEngine? Substitute { get; set; }

    /// <summary>The engine.</summary>
    internal static IMlEngine Engine => Substitute ?? Instance.Value;

    /// <summary>True once the engine was made; completers and clean-up ask this so that they do not start it.</summary>
    internal static bool IsCreated => Substitute is not null || Instance.IsValueCreated;

    /// <summary>Folder of the module's manifest.</summary>
    internal static string ModuleFolder { get; } = Path.GetDirectoryName(BinaryFolder)!;

    private static string BinaryFolder => Path.GetDirectoryName(typeof(EngineHost).Assembly.Location)!;

    private static IMlEngine Create()
    {
        string path = Path.Combine(BinaryFolder, "engine", "MlflowRollout.Engine.dll");
        Assembly assembly = new EngineLoadContext(path).LoadFromAssemblyPath(path);
        Type type = assembly.GetType("MlflowRollout.Engine.MlEngine", throwOnError: true)!;
        return (IMlEngine)Activator.CreateInstance(type)!;
    }
}
