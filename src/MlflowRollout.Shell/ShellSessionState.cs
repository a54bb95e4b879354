using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MlflowRollout.Shell.Commands;

namespace MlflowRollout.Shell;

/// <summary>What a session of the shell starts with: the engine's core commands and the few of the shell.</summary>
public static class ShellSessionState
{
    // Every one of these may be replaced by a module that brings the original.
    private static readonly (string Name, Type Type)[] Commands =
    [
        ("Export-Csv", typeof(ExportCsvCommand)),
        ("Get-Content", typeof(GetContentCommand)),
        ("Get-Location", typeof(GetLocationCommand)),
        ("Import-Csv", typeof(ImportCsvCommand)),
        ("Select-Object", typeof(SelectObjectCommand)),
        ("Set-Location", typeof(SetLocationCommand)),
        ("Start-Sleep", typeof(StartSleepCommand)),
        ("Write-Host", typeof(WriteHostCommand)),
        ("Write-Output", typeof(WriteOutputCommand)),
    ];

    // The originals' aliases. On Unix, PowerShell leaves `cat` and `sleep` to the system's own programs.
    private static readonly (string Name, string Command, bool WindowsOnly)[] Aliases =
    [
        ("cat", "Get-Content", true),
        ("cd", "Set-Location", false),
        ("chdir", "Set-Location", false),
        ("echo", "Write-Output", false),
        ("epcsv", "Export-Csv", false),
        ("gc", "Get-Content", false),
        ("gl", "Get-Location", false),
        ("ipcsv", "Import-Csv", false),
        ("pwd", "Get-Location", false),
        ("select", "Select-Object", false),
        ("sl", "Set-Location", false),
        ("sleep", "Start-Sleep", true),
        ("type", "Get-Content", false),
        ("write", "Write-Output", true),
    ];

    /// <summary>The names of the cmdlets that the shell adds to the engine's own.</summary>
    public static IReadOnlyList<string> CommandNames { get; } = [.. Commands.Select(static command => command.Name)];

    /// <summary>Makes a session state with the engine's core commands and those of the shell.</summary>
    public static InitialSessionState Create()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach ((string name, Type type) in Commands)
        {
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }

        foreach ((string name, string command, bool windowsOnly) in Aliases)
        {
            if (!windowsOnly || OperatingSystem.IsWindows())
            {
                state.Commands.Add(new SessionStateAliasEntry(name, command, string.Empty, ScopedItemOptions.AllScope));
            }
        }

        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Unrestricted;
        }

        return state;
    }
}
