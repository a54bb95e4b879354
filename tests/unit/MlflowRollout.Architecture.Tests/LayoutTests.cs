using System.Text.RegularExpressions;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Architecture.Tests;

/// <summary>Rules that keep the repository readable.</summary>
public sealed partial class LayoutTests
{
    private const int MostLines = 400;

    [Fact]
    public void SourceFiles_Length_IsAtMost400Lines()
    {
        (string File, int Lines)[] tooLong = [.. SourceFiles("src", "tests").Select(file => (file, File.ReadLines(file).Count())).Where(entry => entry.Item2 > MostLines)];

        Assert.Empty(tooLong);
    }

    [Fact]
    public void SourceFiles_PublicTypes_OneAFile()
    {
        (string File, int Types)[] crowded = [.. SourceFiles("src").Select(file => (file, TopLevelPublicType().Count(File.ReadAllText(file)))).Where(entry => entry.Item2 > 1)];

        Assert.Empty(crowded);
    }

    [Fact]
    public void SourceFiles_Names_SayWhatTheyAreFor()
    {
        string[] vague = [.. SourceFiles("src", "tests").Where(file => VagueName().IsMatch(Path.GetFileNameWithoutExtension(file)))];

        Assert.Empty(vague);
    }

    private static IEnumerable<string> SourceFiles(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !GeneratedFolder().IsMatch(file));

    [GeneratedRegex(@"^public\s+(?:(?:sealed|static|abstract|partial|readonly|record)\s+)*(?:class|struct|interface|enum|record|delegate)\s", RegexOptions.Multiline)]
    private static partial Regex TopLevelPublicType();

    [GeneratedRegex(@"(Helpers?|Utils?|Utilities|Manager|Common|Misc)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex GeneratedFolder();
}
