using MlflowRollout.Engine.Errors;
using Xunit;

namespace MlflowRollout.Engine.Tests.Errors;

public class NearMatchTests
{
    [Theory]
    [InlineData("gren", "green")]
    [InlineData("geren", "green")]
    [InlineData("BLUE2", "blue")]
    [InlineData("hart", "heart-a55zii")]
    [InlineData("something-else", null)]
    public void Find_Name_GivesTheNearest(string name, string? expected) => Assert.Equal(expected, NearMatch.Find(name, ["blue", "green", "heart-a55zii"]));

    [Fact]
    public void Sentence_ShortList_NamesAll() => Assert.Equal(" Did you mean 'green'? There are: blue, green.", NearMatch.Sentence("gren", ["green", "blue"]));

    [Fact]
    public void Sentence_Nothing_SaysSo() => Assert.Equal(" There are none.", NearMatch.Sentence("x", []));
}
