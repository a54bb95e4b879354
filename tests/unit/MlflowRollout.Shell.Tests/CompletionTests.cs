using MlflowRollout.Shell.Prompt;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("./ro", "./rollout.ps1")]
    [InlineData("Get-Content sub/f", "sub/file.txt")]
    [InlineData("Get-Content 'wi", "'with blank.txt'")]
    [InlineData("Get-Content wi", "'with blank.txt'")]
    [InlineData("Get-Content x,ro", "rollout.ps1")]
    public void PathCompletion_Word_IsCompleted(string line, string expected)
    {
        _folder.Write("rollout.ps1", "");
        _folder.Write("sub/file.txt", "");
        _folder.Write("with blank.txt", "");

        Assert.Equal(expected, Assert.Single(PathCompletion.Complete(line, line.Length, _folder.Path).CompletionMatches).CompletionText);
    }

    [Fact]
    public void PathCompletion_NoSuchFolder_OffersNothing() =>
        Assert.Empty(PathCompletion.Complete("nowhere/x", 9, _folder.Path).CompletionMatches);

    [Fact]
    public void FindPackages_FolderAbove_FindsOutput()
    {
        _folder.Write("output/MlflowRollout/1.2.3/MlflowRollout.psd1", "@{}");
        string deep = Path.GetDirectoryName(_folder.Write("src/Shell/bin/x", ""))!;

        Assert.Equal(_folder["output"], ModulePath.FindPackages(deep));
    }
}
