using System.Reflection;
using System.Runtime.CompilerServices;

namespace MlflowRollout.Net8Host;

/// <summary>Compiles every method of the module: what .NET 8 lacks shows as a missing member, whether a test reaches it or not.</summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void Compile(ComposedModule module, Dictionary<string, object?> answer)
    {
        Assembly engine = module.CreateEngine().GetType().Assembly;
        int methods = 0;
        List<string> failures = [];
        foreach (Type type in new[] { module.Abstractions, module.Cmdlets, engine }.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.ContainsGenericParameters))
        {
            IEnumerable<MethodBase> declared = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared));
            foreach (MethodBase method in declared.Where(method => !method.IsAbstract && !method.ContainsGenericParameters))
            {
                try
                {
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
                    methods++;
                }
                catch (Exception exception) when (exception is TypeLoadException or MissingMemberException or FileNotFoundException or BadImageFormatException)
                {
                    failures.Add($"{type}.{method.Name}: {exception.Message}");
                }
            }
        }

        answer["methods"] = methods;
        answer["failures"] = failures;
    }
}
