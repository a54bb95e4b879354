using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;

namespace MlflowRollout.Shell.Commands;

/// <summary>
/// Ends the commands before this one in the pipeline, quietly, as <c>Select-Object -First</c> does. The engine has an exception for that
/// which only its own modules can make by name, so it is made by reflection. The engine's version is pinned, and a test watches this.
/// </summary>
internal static class UpstreamStop
{
    private static readonly ConstructorInfo? Constructor = typeof(PSObject).Assembly
        .GetType("System.Management.Automation.StopUpstreamCommandsException")?
        .GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(InternalCommand)]);

    /// <summary>Ends them by an exception; returns where the engine has none, and the rest of the input is then ignored.</summary>
    public static void Throw(Cmdlet command)
    {
        if (Constructor?.Invoke([command]) is Exception stop)
        {
            throw stop;
        }
    }
}
