using MlflowRollout.HelpCompiler.Markdown;

namespace MlflowRollout.HelpCompiler.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("`a*b` and **c**", "a*b and c")]
    [InlineData("`[x](y)` stays", "[x](y) stays")]
    [InlineData("an *emphasis* here", "an emphasis here")]
    [InlineData("2 * 3 * 4", "2 * 3 * 4")]
    [InlineData("an \\*escape\\*", "an *escape*")]
    [InlineData("[words](other.md)", "words")]
    [InlineData("[words](https://example.org/a)", "words (https://example.org/a)")]
    [InlineData("``a `tick` ``", "a `tick` ")]
    public void From_Marks_AreTakenOut(string markdown, string expected) => Assert.Equal(expected, PlainText.From(markdown));

    [Fact]
    public void Wrap_LongWord_StandsAlone() => Assert.Equal(["a", "bbbbbbbb", "c d"], PlainText.Wrap("a bbbbbbbb c d", 5));
}
