using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using MlflowRollout.Shell.Hosting;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class QuestionsTests
{
    private static Collection<ChoiceDescription> YesNo => [new("&Yes", "Do it."), new("&No", "Leave it.")];

    [Theory]
    [InlineData("y", 0)]
    [InlineData("N", 1)]
    [InlineData("no", 1)]
    [InlineData("", 1)]
    public void PromptForChoice_Answer_IsFound(string answer, int expected)
    {
        ShellUserInterface ui = Interface(new FakeTerminal().Type(answer + "\r"));

        Assert.Equal(expected, ui.PromptForChoice("Confirm", "Sure?", YesNo, 1));
    }

    [Fact]
    public void PromptForChoice_QuestionMark_ExplainsAndAsksAgain()
    {
        FakeTerminal terminal = new FakeTerminal().Type("?\rnonsense\ry\r");

        Assert.Equal(0, Interface(terminal).PromptForChoice("Confirm", "Sure?", YesNo, 1));
        Assert.Contains("Y - Do it.\nN - Leave it.", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(4, terminal.Screen.Split("[Y] Yes  [N] No  [?] Help (default is \"N\"):").Length);
    }

    [Fact]
    public void PromptForChoice_ControlC_StopsThePipeline()
    {
        bool interrupted = false;
        ShellUserInterface ui = Interface(new FakeTerminal().Press(ConsoleKey.C, ConsoleModifiers.Control));
        ui.Interrupt = () => interrupted = true;

        Assert.Throws<PipelineStoppedException>(() => ui.PromptForChoice("Confirm", "Sure?", YesNo, 1));
        Assert.True(interrupted);
    }

    [Fact]
    public void PromptForChoice_Several_AreCollected()
    {
        ShellUserInterface ui = Interface(new FakeTerminal().Type("y\rn\r\r"));

        Assert.Equal([0, 1], ui.PromptForChoice("Which", string.Empty, YesNo, [0]));
    }

    [Fact]
    public void PromptForCredential_Password_IsMasked()
    {
        FakeTerminal terminal = new FakeTerminal().Type("bob\rpw1\r");

        PSCredential credential = Interface(terminal).PromptForCredential("Caption", "Message", string.Empty, string.Empty)!;

        Assert.Equal("bob", credential.UserName);
        Assert.Equal("pw1", new NetworkCredential(string.Empty, credential.Password).Password);
        Assert.DoesNotContain("pw1", terminal.Raw.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_FieldOfAType_IsConvertedAndAskedAgain()
    {
        FieldDescription field = new("Count");
        field.SetParameterType(typeof(int));
        FakeTerminal terminal = new FakeTerminal().Type("many\r3\r");

        Assert.Equal(3, Interface(terminal).Prompt("Caption", "Message", [field])["Count"].BaseObject);
    }

    [Fact]
    public void Prompt_FieldOfManyValues_EndsWithAnEmptyOne()
    {
        FieldDescription field = new("Path");
        field.SetParameterType(typeof(string[]));
        FakeTerminal terminal = new FakeTerminal().Type("a\rb\r\r");

        Assert.Equal(new[] { "a", "b" }, Interface(terminal).Prompt(string.Empty, string.Empty, [field])["Path"].BaseObject);
    }

    [Fact]
    public void Prompts_NonInteractive_AreErrors()
    {
        ShellUserInterface ui = new(new FakeTerminal(), TimeProvider.System, interactive: false, colors: false);

        Assert.Throws<PSInvalidOperationException>(() => ui.PromptForChoice("c", "m", YesNo, 0));
        Assert.Throws<PSInvalidOperationException>(() => ui.Prompt("c", "m", [new FieldDescription("x")]));
        Assert.Throws<PSInvalidOperationException>(() => ui.PromptForCredential("c", "m", "u", "t"));
        Assert.Throws<PSInvalidOperationException>(ui.ReadLine);
        Assert.Throws<PSInvalidOperationException>(ui.ReadLineAsSecureString);
    }

    [Fact]
    public void Write_Colors_OnlyOnATerminal()
    {
        FakeTerminal terminal = new();
        FakeTerminal redirected = new() { OutputIsTerminal = false };

        new ShellUserInterface(terminal, TimeProvider.System, true, colors: true).Write(ConsoleColor.Red, ConsoleColor.Black, "x");
        new ShellUserInterface(redirected, TimeProvider.System, true, colors: true).Write(ConsoleColor.Red, ConsoleColor.Black, "x");

        Assert.Equal("\e[91mx\e[0m", terminal.Raw.ToString());
        Assert.Equal("x", redirected.Raw.ToString());
    }

    private static ShellUserInterface Interface(FakeTerminal terminal) => new(terminal, TimeProvider.System, interactive: true, colors: false);
}
