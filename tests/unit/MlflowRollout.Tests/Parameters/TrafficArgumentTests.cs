using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using FsCheck;
using FsCheck.Xunit;
using MlflowRollout.Parameters;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Parameters;

public class TrafficArgumentTests
{
    [Theory]
    [InlineData("blue=90 green=10", "blue=90 green=10")]
    [InlineData("blue=90,green=10", "blue=90 green=10")]
    [InlineData("  blue=100 ", "blue=100")]
    [InlineData("", "")]
    [InlineData("blue=-1", "blue=-1")]
    public void Text_OfTheAzureCli_IsRead(string text, string expected) => Assert.Equal(expected, new TrafficArgument(text).ToMap().ToString());

    [Theory]
    [InlineData("blue")]
    [InlineData("=5")]
    [InlineData("blue=")]
    [InlineData("blue=1.5")]
    [InlineData("blue=ten")]
    [InlineData("blue=50 BLUE=50")]
    [InlineData("blue=99999999999")]
    public void Text_Bad_IsOurErrorWithTheWayOut(string text)
    {
        var error = Assert.Throws<MlValidationException>(() => new TrafficArgument(text).ToMap());
        Assert.Equal(MlErrorIds.TrafficWeightsInvalid, error.ErrorId);
        Assert.NotNull(error.RecommendedAction);
    }

    public static TheoryData<object> Fractions => [1.5, 0.5f, 2.5m, double.NaN, double.PositiveInfinity, true, new object(), long.MaxValue];

    [Theory]
    [MemberData(nameof(Fractions))]
    public void Weight_NotWhole_IsRefused(object weight) =>
        Assert.Equal(
            MlErrorIds.TrafficWeightsInvalid,
            Assert.Throws<MlValidationException>(() => new TrafficArgument(new Hashtable { ["blue"] = weight }).ToMap()).ErrorId);

    [Fact]
    public void Weight_Null_IsRefused() => Assert.Throws<MlValidationException>(() => new TrafficArgument(new Hashtable { ["blue"] = null }).ToMap());

    public static TheoryData<object> Tens => [10, 10L, (byte)10, 10.0, 10m, "10", PSObject.AsPSObject(10)];

    [Theory]
    [MemberData(nameof(Tens))]
    public void Weight_WholeInAnyType_IsRead(object weight) => Assert.Equal(10, new TrafficArgument(new Hashtable { ["blue"] = weight }).ToMap().WeightOf("BLUE"));

    [Fact]
    public void Order_OfAnOrderedDictionary_IsKept() =>
        Assert.Equal("z=1 a=2", new TrafficArgument(new OrderedDictionary { ["z"] = 1, ["a"] = 2 }).ToMap().ToString());

    [Theory]
    [InlineData("@{ blue = 100 }")]
    [InlineData("[ordered]@{ blue = 100 }")]
    [InlineData("'blue=100'")]
    [InlineData("([MlflowRollout.MlTraffic]@{ EndpointName = 'heart'; Traffic = $map })")]
    [InlineData("$map")]
    [InlineData("([Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([MlflowRollout.MlTraffic]@{ EndpointName = 'heart'; Traffic = $map })))")]
    public void Parameter_WhateverUsersHave_Binds(string expression)
    {
        using var session = new Session();
        Session.Run run = session.Invoke($"$map = [MlflowRollout.MlTrafficMap]::new(); $map['blue'] = 100; ([MlflowRollout.Parameters.TrafficArgument]({expression})).ToMap().ToString()");
        Assert.Null(run.Terminating);
        Assert.Equal("blue=100", run.Output[0].ToString());
    }

    [Property]
    public bool AnyWeights_AsTextAndBack_AreTheSame(NonNegativeInt[] weights)
    {
        var map = new MlTrafficMap(weights.Select((weight, index) => KeyValuePair.Create("d" + index.ToString(CultureInfo.InvariantCulture), weight.Get)));
        return new TrafficArgument(map.ToString()).ToMap().HasSameWeights(map) && new TrafficArgument((IDictionary)map).ToMap().ToString() == map.ToString();
    }

    [Property]
    public bool AnyText_IsReadOrRefused_NeverAnotherError(string? text)
    {
        try
        {
            return new TrafficArgument(text ?? string.Empty).ToMap() is not null;
        }
        catch (MlValidationException)
        {
            return true;
        }
    }
}
