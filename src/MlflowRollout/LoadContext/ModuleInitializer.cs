using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace MlflowRollout.LoadContext;

/// <summary>Runs at import: loads the pipeline models, so that <c>[MlflowRollout.MlTraffic]</c> works on the next line of a script.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport() => RuntimeHelpers.RunClassConstructor(typeof(MlTraffic).TypeHandle);
}
