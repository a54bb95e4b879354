using System.Collections.ObjectModel;
using System.Management.Automation;
using MlflowRollout.Shell.Prompt;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class LineEditorTests
{
    [Fact]
    public void ReadLine_Typed_IsReturnedAndShown()
    {
        FakeTerminal terminal = new FakeTerminal().Type("Get-Model\r");

        Assert.Equal("Get-Model", new LineEditor(terminal).ReadLine("PS> "));
        Assert.Equal("PS> Get-Model", terminal.Screen);
    }

    [Fact]
    public void ReadLine_Edited_ChangesInPlace()
    {
        FakeTerminal terminal = new FakeTerminal().Type("abd").Press(ConsoleKey.LeftArrow).Type("c").Press(ConsoleKey.End).Type("ex")
            .Press(ConsoleKey.Backspace).Press(ConsoleKey.Home).Press(ConsoleKey.Delete).Type("\r");

        Assert.Equal("bcde", new LineEditor(terminal).ReadLine("> "));
        Assert.Equal("> bcde", terminal.Screen);
    }

    [Fact]
    public void ReadLine_WiderThanTheTerminal_Wraps()
    {
        FakeTerminal terminal = new FakeTerminal { Width = 10 }.Type("0123456789abcdef").Press(ConsoleKey.Home).Type("x\r");

        Assert.Equal("x0123456789abcdef", new LineEditor(terminal).ReadLine("PS> "));
        Assert.Equal("PS> x01234\n56789abcde\nf", terminal.Screen);
    }

    [Fact]
    public void ReadLine_FillsTheLastColumn_KeepsThePrompt()
    {
        FakeTerminal terminal = new FakeTerminal { Width = 10 }.Type("012345\r");

        Assert.Equal("012345", new LineEditor(terminal).ReadLine("PS> "));
        Assert.StartsWith("PS> 012345", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadLine_ControlC_ReturnsNull()
    {
        FakeTerminal terminal = new FakeTerminal().Type("half").Press(ConsoleKey.C, ConsoleModifiers.Control);

        Assert.Null(new LineEditor(terminal).ReadLine("> "));
        Assert.Equal("> half^C", terminal.Screen);
    }

    [Fact]
    public void ReadLine_ControlDOnEmptyLine_EndsTheInput()
    {
        bool ended = false;
        FakeTerminal terminal = new FakeTerminal().Press(ConsoleKey.D, ConsoleModifiers.Control);

        Assert.Null(new LineEditor(terminal).ReadLine("> ", endOfInput: () => ended = true));
        Assert.True(ended);
    }

    [Fact]
    public void ReadLine_Masked_ShowsStarsOnly()
    {
        FakeTerminal terminal = new FakeTerminal().Type("secret\r");

        Assert.Equal("secret", new LineEditor(terminal, LineEditor.Mask).ReadLine("Key: "));
        Assert.Equal("Key: ******", terminal.Screen);
        Assert.DoesNotContain("s", terminal.Raw.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadLine_UpAndDown_RecallsLinesAndKeepsTheDraft()
    {
        LineHistory history = new();
        history.Add("first");
        history.Add("second");
        FakeTerminal terminal = new FakeTerminal().Type("draft").Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow)
            .Press(ConsoleKey.DownArrow).Press(ConsoleKey.DownArrow).Type("!\r");

        Assert.Equal("draft!", new LineEditor(terminal, null, history).ReadLine("> "));
    }

    [Fact]
    public void ReadLine_Tab_StepsThroughMatches()
    {
        LineCompletion completion = new((_, _) => new CommandCompletion(
            new Collection<CompletionResult> { new("Get-One"), new("Get-Two") }, -1, replacementIndex: 2, replacementLength: 3));
        FakeTerminal terminal = new FakeTerminal().Type("& Get").Press(ConsoleKey.Tab).Press(ConsoleKey.Tab).Type(" -All\r");

        Assert.Equal("& Get-Two -All", new LineEditor(terminal, null, null, completion).ReadLine("> "));
    }

    [Theory]
    [InlineData("1 + 1", false)]
    [InlineData("1..3 | ForEach-Object {", true)]
    [InlineData("'open", true)]
    [InlineData("Get-X |", true)]
    [InlineData("1 +* 2", false)]
    public void IsIncomplete_Statement_AsksForMoreOnlyWhereMoreCanHelp(string text, bool expected) =>
        Assert.Equal(expected, PromptLoop.IsIncomplete(text));
}
