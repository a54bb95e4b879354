using MlflowRollout.Completion;

namespace MlflowRollout.Tests.Completion;

public sealed class TrafficMapCompleterTests
{
    [Fact]
    public void Maps_OneInService_OffersSharesForTheOther()
    {
        string[] maps = Texts(("blue", 100), ("green", 0));

        Assert.Equal(["blue=100 green=0", "blue=90 green=10", "blue=50 green=50", "blue=10 green=90", "blue=0 green=100"], maps.OrderByDescending(map => int.Parse(map[5..map.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)).Distinct());
    }

    [Fact]
    public void Maps_ThreeDeployments_WhatIsSetAndEverythingToOne() =>
        Assert.Equal(["a=70 b=30 c=0", "a=100 b=0 c=0", "a=0 b=100 c=0", "a=0 b=0 c=100"], Texts(("a", 70), ("b", 30), ("c", 0)));

    [Fact]
    public void Maps_AllOfThem_AddUpToAHundred() => Assert.All(
        Texts(("a", 10), ("b", 90)), map => Assert.Equal(100, map.Split(' ').Sum(part => int.Parse(part.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void Maps_NoDeployments_AreNone() => Assert.Empty(Texts());

    private static string[] Texts(params (string Name, int Weight)[] deployments) => [.. TrafficMapCompleter.Maps(deployments).Select(map => map.Name)];
}
