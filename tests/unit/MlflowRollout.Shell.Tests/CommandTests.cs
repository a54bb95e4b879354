using System.Diagnostics;
using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

/// <summary>The smaller cmdlets of the shell.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly ModuleSession _session = new(new ModuleSessionOptions { ImportModule = false });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "1 2 3 4")]
    [InlineData("-TotalCount 2", "1 2")]
    [InlineData("-Tail 2", "3 4")]
    [InlineData("-Tail 0", "")]
    public void GetContent_Lines_AreAsAsked(string options, string expected)
    {
        string path = _folder.Write("lines.txt", "1\n2\r\n3\n4");

        Assert.Equal(expected, string.Join(' ', _session.Invoke($"Get-Content $args[0] {options}", path).Values()));
    }

    [Fact]
    public void GetContent_Raw_IsTheFile()
    {
        string path = _folder.Write("raw.txt", "1\n2\r\n");

        Assert.Equal("1\n2\r\n", _session.Invoke("Get-Content $args[0] -Raw", path).One());
    }

    [Fact]
    public void GetContent_Missing_IsAnErrorThatNamesItAndTheRestIsRead()
    {
        string path = _folder.Write("there.txt", "x");

        InvocationResult result = _session.Invoke("Get-Content -LiteralPath $args[0], $args[1]", _folder["gone.txt"], path);

        Assert.Equal("PathNotFound", InvocationResult.IdOf(result.Error));
        Assert.Equal(ErrorCategory.ObjectNotFound, result.Error.CategoryInfo.Category);
        Assert.Contains("gone.txt", result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Fact]
    public void GetContent_PatternWithoutMatch_IsSilent() =>
        Assert.Empty(_session.Invoke("Get-Content $args[0]", _folder["*.none"]).AssertSucceeded().Output);

    [Fact]
    public void SetLocation_ThereAndBack_IsWhereItSays()
    {
        _folder.Write("sub[1]/file.txt", "x");
        string start = (string)_session.Invoke("Set-Location $args[0]; (Get-Location).Path", _folder.Path).One();

        Assert.Equal(_folder["sub[1]"], _session.Invoke("(Set-Location -LiteralPath 'sub[1]' -PassThru).Path").One());
        Assert.Equal("x", _session.Invoke("Get-Content file.txt").One());
        Assert.Equal(start, _session.Invoke("cd -; (pwd).Path").One());
    }

    [Fact]
    public void SetLocation_Missing_IsAnErrorThatNamesIt()
    {
        ErrorRecord error = _session.Invoke("Set-Location $args[0]", _folder["nowhere"]).Error;

        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Contains("nowhere", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartSleep_Stopped_EndsAtOnce()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(300));
        long started = Stopwatch.GetTimestamp();

        InvocationResult result = await _session.InvokeAsync("Start-Sleep 60", stop.Token);

        Assert.True(result.Stopped);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("Start-Sleep -Milliseconds 1")]
    [InlineData("Start-Sleep 0.001")]
    [InlineData("Start-Sleep -Duration 00:00:00.001")]
    public void StartSleep_AnyForm_Waits(string script) => _session.Invoke(script).AssertSucceeded();

    [Theory]
    [InlineData("Write-Output 1, 2", "1 2")]
    [InlineData("1, 2 | Write-Output", "1 2")]
    [InlineData("(Write-Output 1, 2 -NoEnumerate | ForEach-Object { $_.Count })", "2")]
    public void WriteOutput_Objects_GoDownThePipeline(string script, string expected) =>
        Assert.Equal(expected, string.Join(' ', _session.Invoke(script).Values()));

    [Fact]
    public void WriteHost_Objects_AreShownAndKeptAsInformation()
    {
        InvocationResult result = _session.Invoke("Write-Host 1, @('a', 'b') x -Separator '-'; Write-Host 'y' -NoNewline").AssertSucceeded();

        Assert.Equal("1-a-b-x\ny", _session.Host.TakeOutput());
        Assert.Equal(["PSHOST"], result.Information[0].Tags);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void RenderedAs_Objects_AreATableOfTheEngine()
    {
        PSObject row = new();
        row.Properties.Add(new PSNoteProperty("Name", "blue"));
        row.Properties.Add(new PSNoteProperty("Weight", 90));

        Assert.Contains("Name Weight\n---- ------\nblue     90\n", _session.RenderedAs(row).Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
