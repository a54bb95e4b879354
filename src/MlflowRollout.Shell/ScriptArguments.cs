using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MlflowRollout.Shell;

/// <summary>Gives a script the arguments of the command line as PowerShell would have parsed them.</summary>
internal static class ScriptArguments
{
    /// <summary>
    /// Adds them: <c>-Name value</c>, <c>-Switch</c>, <c>-Name:value</c> (also <c>$true</c>, <c>$false</c>, <c>$null</c>), values by position. What
    /// follows <c>--</c> is values only. The engine decides whether a name takes the value behind it.
    /// </summary>
    public static void Add(PowerShell shell, IReadOnlyList<string> arguments)
    {
        CommandParameterCollection parameters = shell.Commands.Commands[^1].Parameters;
        bool valuesOnly = false;
        foreach (string argument in arguments)
        {
            if (valuesOnly || argument.Length < 2 || argument[0] != '-' || !(char.IsLetter(argument[1]) || argument == "--"))
            {
                parameters.Add(null, argument);
            }
            else if (argument == "--")
            {
                valuesOnly = true;
            }
            else if (argument.IndexOf(':', StringComparison.Ordinal) is > 1 and int colon && colon < argument.Length - 1)
            {
                parameters.Add(argument[1..colon], ValueOf(argument[(colon + 1)..]));
            }
            else
            {
                // With its dash: the engine then takes a value only where the parameter is no switch.
                parameters.Add(new CommandParameter(argument));
            }
        }
    }

    private static object? ValueOf(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        "$NULL" => null,
        _ => text,
    };
}
