namespace MlflowRollout.Shell;

/// <summary>What <c>--help</c> prints.</summary>
internal static class UsageText
{
    public static string Help { get; } =
        $"""
        A small console host for the PowerShell engine, with the module MlflowRollout on its module path.

        Usage:
          MlflowRollout.Shell [options] <script.ps1> [arguments of the script]
          MlflowRollout.Shell [options] -c <command>
          MlflowRollout.Shell [options]                 a prompt, with MlflowRollout imported

        Options:
          -c, --command <text>     run this text and end
          --module-path <folder>   search this folder for modules first; may be repeated
          --non-interactive        a question is an error instead of a prompt
          --no-progress            no progress bars
          --version                print the versions
          -h, --help               print this

        Exit codes:
          0 success; 1 an error that nothing caught (with -c: the last statement failed); N after `exit N` in the script;
          64 wrong command line; 130 interrupted (Ctrl-C); 143 terminated

        What it has:
          The language and the core commands of PowerShell 7.6 (Import-Module, Get-Command, Get-Help, ForEach-Object, Where-Object,
          jobs of modules, tables and lists on output, native programs), and these cmdlets of its own, which take the parameters
          that are mostly used:
            {string.Join(", ", ShellSessionState.CommandNames)}

        What it lacks:
          All else of the modules Microsoft.PowerShell.Utility, .Management and .Security: Get-ChildItem, Sort-Object, Format-Table,
          Out-String, ConvertTo-Json, Write-Warning, New-Object, Invoke-RestMethod and so on. Profiles, remoting, Start-Job, transcripts,
          and syntax colouring at the prompt. PowerShell itself (pwsh 7.4 or later) has all of these and runs the module as well.

        NO_COLOR is respected.
        """;
}
