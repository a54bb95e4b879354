using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class ShellOptionsTests
{
    [Fact]
    public void Parse_Nothing_AsksForPrompt()
    {
        ShellOptions options = ShellOptions.Parse([]);

        Assert.Null(options.Script);
        Assert.Null(options.Command);
    }

    [Fact]
    public void Parse_ScriptWithOptionsBehindIt_LeavesThemToTheScript()
    {
        ShellOptions options = ShellOptions.Parse(["--no-progress", "--module-path", "a", "--module-path", "b", "run.ps1", "-Name", "x", "--help", "-c"]);

        Assert.Equal("run.ps1", options.Script);
        Assert.Equal(["-Name", "x", "--help", "-c"], options.ScriptArguments);
        Assert.Equal(["a", "b"], options.ModulePaths);
        Assert.True(options.NoProgress);
        Assert.False(options.Help);
    }

    [Theory]
    [InlineData("-c")]
    [InlineData("--command")]
    public void Parse_Command_IsTaken(string option)
    {
        ShellOptions options = ShellOptions.Parse(["--non-interactive", option, "1 + 1"]);

        Assert.Equal("1 + 1", options.Command);
        Assert.True(options.NonInteractive);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("-?")]
    [InlineData("--help")]
    public void Parse_Help_IsTaken(string option) => Assert.True(ShellOptions.Parse([option]).Help);

    [Fact]
    public void Parse_DoubleDash_EndsTheOptions() => Assert.Equal("-odd.ps1", ShellOptions.Parse(["--", "-odd.ps1"]).Script);

    [Theory]
    [InlineData("'--colour'", "--colour")]
    [InlineData("'--module-path'", "--module-path")]
    [InlineData("'-c'", "-c")]
    [InlineData("'more'", "-c", "1", "more")]
    public void Parse_Wrong_NamesTheArgument(string named, params string[] arguments)
    {
        ShellUsageException error = Assert.Throws<ShellUsageException>(() => ShellOptions.Parse(arguments));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_NamesEveryOwnCmdletAndWhatIsMissing()
    {
        Assert.All(ShellSessionState.CommandNames, name => Assert.Contains(name, UsageText.Help, StringComparison.Ordinal));
        Assert.Contains("What it lacks", UsageText.Help, StringComparison.Ordinal);
    }
}
