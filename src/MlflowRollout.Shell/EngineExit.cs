using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MlflowRollout.Shell;

/// <summary>
/// Lets <c>exit N</c> in the script that runs next reach the host, instead of only ending the script. The engine keeps that switch for
/// pwsh's own host, so it is set by reflection. The engine's version is pinned, and a test watches this.
/// </summary>
internal static class EngineExit
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Sets the switch; false where the engine has none.</summary>
    public static bool ReachesHost(Runspace runspace)
    {
        object? context = runspace.GetType().GetProperty("ExecutionContext", Hidden)?.GetValue(runspace);
        PropertyInfo? rethrow = context?.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Hidden);
        rethrow?.SetValue(context, true);
        return rethrow is not null;
    }
}
