using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Tests.Parameters;

public class NameSelectionTests
{
    [Fact]
    public void NoNames_PickEverything()
    {
        var selection = new NameSelection(null);
        Assert.Empty(selection.Literals);
        Assert.True(selection.MatchesPattern("anything"));
    }

    [Fact]
    public void Pattern_MatchesWithoutRegardToCase_ButNotWhatALiteralNamesAlready()
    {
        var selection = new NameSelection(["heart", "H*"]);
        Assert.Equal(["heart"], selection.Literals);
        Assert.True(selection.MatchesPattern("hip"));
        Assert.False(selection.MatchesPattern("HEART"));
        Assert.False(selection.MatchesPattern("lung"));
    }

    [Fact]
    public void LiteralsOnly_NeedNoList() => Assert.False(new NameSelection(["a", "b"]).HasPatterns);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("*", "*", false)]
    [InlineData("latest", "latest", false)]
    [InlineData("3", "3", false)]
    [InlineData("1.*", null, true)]
    public void ModelVersion_IsPlainOrAFilter(string? version, string? plain, bool filtered)
    {
        MlModelQuery query = Assert.Single(ModelSelection.Queries(["heart"], version, includeArchived: false));
        Assert.Equal(("heart", plain, filtered), (query.Name, query.Version, query.VersionFilter is not null));
    }

    [Fact]
    public void ModelNames_OneQueryForEachLiteralAndOneForAllPatterns()
    {
        MlModelQuery[] queries = [.. ModelSelection.Queries(["a", "b*", "c*"], "*", includeArchived: true)];
        Assert.Equal(["a", null], queries.Select(query => query.Name));
        Assert.True(queries[1].NameFilter!("cat"));
        Assert.All(queries, query => Assert.True(query.IncludeArchived));
    }
}
