using MlflowRollout.Engine.Code;
using Xunit;

namespace MlflowRollout.Engine.Tests.Code;

public sealed class IgnoreRulesTests
{
    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "deep/er/a.log", true)]
    [InlineData("*.log", "a.log.txt", false)]
    [InlineData("data", "data", true)]
    [InlineData("data", "x/data/y/z.csv", true)]
    [InlineData("data/", "data", false)]
    [InlineData("data/", "data/x.csv", true)]
    [InlineData("data/", "x/data/y.csv", true)]
    [InlineData("/data", "x/data", false)]
    [InlineData("/data", "data/x", true)]
    [InlineData("src/*.py", "src/a.py", true)]
    [InlineData("src/*.py", "src/b/a.py", false)]
    [InlineData("src/*.py", "x/src/a.py", false)]
    [InlineData("src/**/test", "src/test", true)]
    [InlineData("src/**/test", "src/a/b/test/c", true)]
    [InlineData("**/cache", "a/cache/b", true)]
    [InlineData("out/**", "out/a", true)]
    [InlineData("file?.txt", "file1.txt", true)]
    [InlineData("file?.txt", "file12.txt", false)]
    [InlineData("[ab].py", "a.py", true)]
    [InlineData("[!ab].py", "a.py", false)]
    [InlineData("[!ab].py", "c.py", true)]
    [InlineData("[0-9]*", "7up", true)]
    [InlineData(@"\#odd", "#odd", true)]
    [InlineData("# comment", "# comment", false)]
    [InlineData("trailing   ", "trailing", true)]
    [InlineData("a.b", "axb", false)]
    public void Excludes_Pattern_AsGitReadsIt(string pattern, string path, bool expected) =>
        Assert.Equal(expected, IgnoreRules.Parse(".amlignore", [pattern]).Excludes(path));

    [Fact]
    public void Excludes_SeveralPatterns_TheLastThatMatchesDecides()
    {
        IgnoreRules rules = IgnoreRules.Parse(".gitignore", ["*.csv", "!keep.csv", string.Empty, "old/"]);

        Assert.True(rules.Excludes("a.csv"));
        Assert.False(rules.Excludes("x/keep.csv"));
        Assert.True(rules.Excludes("old/keep.csv"));
    }

    [Fact]
    public void ExcludesAllOf_Folder_OnlyWhereNothingIsTakenBack()
    {
        Assert.True(IgnoreRules.Parse(".amlignore", [".venv/"]).ExcludesAllOf(".venv"));
        Assert.False(IgnoreRules.Parse(".amlignore", [".venv/", "!.venv/keep"]).ExcludesAllOf(".venv"));
        Assert.False(IgnoreRules.None.ExcludesAllOf(".venv"));
    }
}
