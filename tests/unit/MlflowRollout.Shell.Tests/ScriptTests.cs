using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

/// <summary>Scripts and commands through the built shell in a process of its own.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'done'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("function f { exit 9 }\nf", 9)]
    [InlineData("exit", 0)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("Get-Content /no/such/file", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Content /no/such/file", 1)]
    [InlineData("if (", 1)]
    [InlineData("#Requires -Version 99\n'never'", 1)]
    [InlineData("try { throw 'x' } catch { exit 3 }", 3)]
    public async Task Script_Ends_WithItsExitCode(string script, int expected)
    {
        ShellResult result = await Run(script);

        Assert.Equal(expected, result.ExitCode);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("throw 'x'", 1)]
    [InlineData("Get-Content /no/such/file", 1)]
    [InlineData("Get-Content /no/such/file; 1", 0)]
    public async Task Command_Ends_WithItsExitCode(string command, int expected)
    {
        ShellResult result = await OutOfProcessShell.RunCommandAsync(command);

        Assert.Equal(expected, result.ExitCode);
    }

    [Fact]
    public async Task Script_GetsNamedAndOtherArguments()
    {
        ShellResult result = await Run(
            "param([string] $Name, [switch] $Fast, [switch] $Slow, [int] $Count, [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)\n"
            + "\"$Name|$Fast|$Slow|$Count|$($Rest -join ',')\"",
            "-Name", "a b", "-Fast", "-Slow:$false", "-Count", "3", "x", "--", "-y");

        Assert.Equal("a b|True|False|3|x,-y\n", Lines(result.Output));
    }

    [Fact]
    public async Task Script_KnowsWhereItIs()
    {
        ShellResult result = await Run("$PSScriptRoot; $PSCommandPath; $MyInvocation.MyCommand.Name");

        Assert.Equal($"{_folder.Path}\n{_folder["test.ps1"]}\ntest.ps1\n", Lines(result.Output));
    }

    [Fact]
    public async Task UncaughtError_IsShownWithItsLineAndWhatToDo()
    {
        ShellResult result = await Run(
            "'before'\n"
            + "$record = [Management.Automation.ErrorRecord]::new([Exception]::new('It broke.'), 'Id', 'InvalidData', $null)\n"
            + "$record.ErrorDetails = [Management.Automation.ErrorDetails]::new('It broke.')\n"
            + "$record.ErrorDetails.RecommendedAction = 'Mend it.'\n"
            + "throw $record\n'after'");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("before\n", Lines(result.Output));
        Assert.Contains("test.ps1:5", result.Error, StringComparison.Ordinal);
        Assert.Contains("throw $record", result.Error, StringComparison.Ordinal);
        Assert.Contains("It broke.", result.Error, StringComparison.Ordinal);
        Assert.Contains("Mend it.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_Redirected_IsPlainTablesWithoutProgress()
    {
        ShellResult result = await Run(
            "$record = [Management.Automation.ProgressRecord]::new(1, 'Uploading', 'half'); $record.PercentComplete = 50\n"
            + "$Host.UI.WriteProgress(1, $record)\n"
            + "Write-Host 'coloured' -ForegroundColor Red\n"
            + "[pscustomobject]@{ Name = 'blue'; Weight = 90 }, [pscustomobject]@{ Name = 'green'; Weight = 10 }");

        Assert.Equal("coloured\n\nName  Weight\n----  ------\nblue      90\ngreen     10\n\n", Lines(result.Output));
    }

    [Fact]
    public async Task Streams_AreShownAsPwshDoes()
    {
        ShellResult result = await Run(
            "[CmdletBinding()] param() $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'\n"
            + "$PSCmdlet.WriteVerbose('v'); $PSCmdlet.WriteWarning('w'); $PSCmdlet.WriteDebug('d'); $PSCmdlet.WriteInformation('i', $null)");

        Assert.Equal("VERBOSE: v\nWARNING: w\nDEBUG: d\ni\n", Lines(result.Output));
    }

    [Fact]
    public async Task Question_NonInteractive_IsAnError()
    {
        ShellResult result = await OutOfProcessShell.RunAsync(["--non-interactive", "-c", "Clear-History -Confirm; 'after'"]);

        Assert.Contains("NonInteractive", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingParameter_NonInteractive_IsAnErrorThatNamesIt()
    {
        ShellResult result = await OutOfProcessShell.RunAsync(["--non-interactive", "-c", "Get-Content"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Path", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_InputEnded_IsAnErrorAndNoHang()
    {
        ShellResult result = await OutOfProcessShell.RunAsync(["-c", "$Host.UI.ReadLine()"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The input ended", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_RedirectedAnswer_IsTaken()
    {
        ShellResult result = await OutOfProcessShell.RunAsync(["-c", "\"<$($Host.UI.ReadLine())>\""], input: "yes\n");

        Assert.Equal("<yes>\n", Lines(result.Output));
    }

    [Fact]
    public async Task RedirectedStatements_AreRunInTurn()
    {
        ShellResult result = await OutOfProcessShell.RunAsync([], input: "$x = 20\n1..2 | ForEach-Object {\n$_ * $x\n}\nexit 4\n'never'\n");

        Assert.Equal("20\n40\n", Lines(result.Output));
        Assert.Equal(4, result.ExitCode);
    }

    [Theory]
    [InlineData("no-such-script.ps1")]
    [InlineData("--no-such-option")]
    public async Task WrongCommandLine_IsAUsageErrorThatNamesIt(string argument)
    {
        ShellResult result = await OutOfProcessShell.RunAsync([argument]);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(argument, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModulePath_Module_IsImportedByName()
    {
        _folder.Write("modules/Sample/Sample.psm1", "function Get-Sample { 'from the module' }");

        ShellResult result = await OutOfProcessShell.RunAsync(["--module-path", _folder["modules"], "-c", "Import-Module Sample; Get-Sample"]);

        Assert.Equal("from the module\n", Lines(result.Output));
    }

    [Fact]
    public async Task NativeProgram_GetsAndGivesLines()
    {
        ShellResult result = await OutOfProcessShell.RunCommandAsync($"& '{RepositoryPaths.DotNet}' --version | ForEach-Object {{ \"<$_>\" }}; $LASTEXITCODE");

        Assert.Matches(@"^<\d+\.\d+\.\d+.*>\n0\n$", Lines(result.Output));
    }

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private Task<ShellResult> Run(string script, params string[] arguments) =>
        OutOfProcessShell.RunScriptAsync(_folder.Write("test.ps1", script), arguments);
}
