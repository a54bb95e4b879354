using System.Management.Automation.Runspaces;
using MlflowRollout.Shell.Commands;

namespace MlflowRollout.Shell;

/// <summary>What a session of the shell starts with: the engine's core commands and the few of the shell.</summary>
public static class ShellSessionState
{
    private static readonly (string Name, Type Type)[] Commands =
    [
        ("Write-Output", typeof(WriteOutputCommand)),
    ];

    private static readonly (string Name, string Command)[] Aliases =
    [
        ("echo", "Write-Output"),
    ];

    /// <summary>The names of the cmdlets that the shell adds to the engine's own.</summary>
    public static IReadOnlyList<string> CommandNames { get; } = [.. Commands.Select(command => command.Name)];

    /// <summary>Makes a session state with the engine's core commands and those of the shell.</summary>
    public static InitialSessionState Create()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach ((string name, Type type) in Commands)
        {
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }

        foreach ((string name, string command) in Aliases)
        {
            state.Commands.Add(new SessionStateAliasEntry(name, command));
        }

        return state;
    }
}
