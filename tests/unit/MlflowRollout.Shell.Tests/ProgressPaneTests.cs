using System.Management.Automation;
using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Shell.Hosting;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class ProgressPaneTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Update_Terminal_DrawsInPlaceAndRemovesAtTheEnd()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        ui.WriteLine("before");
        ui.WriteProgress(1, Record(10));
        _time.Advance(TimeSpan.FromSeconds(1));
        ui.WriteProgress(1, Record(50));
        string during = terminal.Screen;
        ui.WriteProgress(1, Record(50, ProgressRecordType.Completed));

        Assert.Equal("before\nUploading [############............]  50 %  file", during);
        Assert.Equal("before", terminal.Screen);
    }

    [Fact]
    public void WriteLine_WhileABarIsShown_GoesAboveIt()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        ui.WriteProgress(1, Record(10));
        _time.Advance(TimeSpan.FromSeconds(1));
        ui.WriteLine("one");
        _time.Advance(TimeSpan.FromSeconds(1));
        ui.WriteLine("two");

        Assert.Equal("one\ntwo\nUploading [##......................]  10 %  file", terminal.Screen);
    }

    [Fact]
    public void Update_UnfinishedLine_IsNotOverwritten()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        ui.Write("half a line");
        ui.WriteProgress(1, Record(10));
        string during = terminal.Screen;
        ui.WriteLine(", the rest");

        Assert.Equal("half a line", during);
        Assert.StartsWith("half a line, the rest\nUploading", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_Often_DrawsSeldom()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        for (int i = 0; i < 1000; i++)
        {
            ui.WriteProgress(1, Record(i / 10));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        int drawn = terminal.Raw.ToString().Split("Uploading").Length - 1;
        Assert.InRange(drawn, 5, 12);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(300)]
    public void Update_AnyWidth_StaysOnItsLine(int width)
    {
        FakeTerminal terminal = new() { Width = width };
        ShellUserInterface ui = Interface(terminal);

        ui.WriteProgress(1, new ProgressRecord(1, new string('a', 200), "status\nwith a line break") { PercentComplete = 5 });

        Assert.True(terminal.WidestLine < width);
        Assert.Equal(0, terminal.Cursor.Row);
    }

    [Fact]
    public void Update_Children_AreIndentedAndGoWithTheParent()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        ui.WriteProgress(1, new ProgressRecord(1, "Parent", "p"));
        ui.WriteProgress(1, new ProgressRecord(2, "Child", "c") { ParentActivityId = 1 });
        string during = terminal.Screen;
        ui.WriteProgress(1, new ProgressRecord(1, "Parent", "p") { RecordType = ProgressRecordType.Completed });

        Assert.Equal("Parent  p\n  Child  c", during);
        Assert.Equal(string.Empty, terminal.Screen);
    }

    [Fact]
    public void Update_Redirected_WritesNothing()
    {
        FakeTerminal terminal = new() { OutputIsTerminal = false };
        ShellUserInterface ui = Interface(terminal);

        ui.WriteProgress(1, Record(10));
        ui.WriteLine("line");
        ui.WriteProgress(1, Record(10, ProgressRecordType.Completed));

        Assert.Equal("line" + Environment.NewLine, terminal.Raw.ToString());
    }

    [Fact]
    public void ClearProgress_UncompletedActivity_IsRemoved()
    {
        FakeTerminal terminal = new();
        ShellUserInterface ui = Interface(terminal);

        ui.WriteProgress(1, Record(10));
        ui.ClearProgress();

        Assert.Equal(string.Empty, terminal.Screen);
    }

    private static ProgressRecord Record(int percent, ProgressRecordType type = ProgressRecordType.Processing) =>
        new(1, "Uploading", "file") { PercentComplete = percent, RecordType = type };

    private ShellUserInterface Interface(FakeTerminal terminal) => new(terminal, _time, interactive: true, colors: false);
}
