using FsCheck.Xunit;
using MlflowRollout.Engine.Traffic;
using Xunit;

namespace MlflowRollout.Engine.Tests.Traffic;

public class TrafficArithmeticTests
{
    [Property]
    public bool WithWeight_AnyMap_SumsToHundredAndKeepsOrder(byte[] raw, byte which, byte wanted)
    {
        MlTrafficMap map = Map(raw);
        int weight = wanted % 101;
        string name = map.Count == 0 ? "new" : $"d{which % (map.Count + 1)}";
        MlTrafficMap? result = TrafficArithmetic.WithWeight(map, name, weight);
        if (result is null)
        {
            return weight < 100 && map.Pairs().All(pair => pair.Key == name || pair.Value == 0);
        }

        string[] expectedOrder = [.. map.Pairs().Select(pair => pair.Key).Append(name).Distinct()];
        return result.Total == 100
            && result.WeightOf(name) == weight
            && result.Pairs().All(pair => pair.Value is >= 0 and <= 100)
            && result.Pairs().Select(pair => pair.Key).SequenceEqual(expectedOrder);
    }

    [Property]
    public bool Share_AnyWeights_IsWithinOneOfProportionAndNeverFeedsAZero(byte[] raw, byte wanted)
    {
        int[] weights = [.. raw.Select(value => (int)value)];
        int whole = wanted % 101;
        int[]? shares = TrafficArithmetic.Share(whole, weights);
        if (shares is null)
        {
            return whole > 0 && weights.Sum() == 0;
        }

        int total = weights.Sum();
        return shares.Sum() == (total == 0 ? 0 : whole)
            && shares.Zip(weights).All(pair => pair.Second > 0 || pair.First == 0)
            && (total == 0 || shares.Zip(weights).All(pair => Math.Abs(pair.First - ((double)whole * pair.Second / total)) < 1));
    }

    [Property]
    public bool WithWeight_SameInput_GivesSameOutput(byte[] raw, byte wanted)
    {
        MlTrafficMap map = Map(raw);
        return TrafficArithmetic.WithWeight(map, "d0", wanted % 101)?.ToString() == TrafficArithmetic.WithWeight(map, "d0", wanted % 101)?.ToString();
    }

    [Theory]
    [InlineData("blue=100", "green", 10, "blue=90 green=10")]
    [InlineData("blue=50 green=50", "red", 33, "blue=34 green=33 red=33")]
    [InlineData("blue=90 green=10", "GREEN", 100, "blue=0 green=100")]
    [InlineData("a=33 b=33 c=34", "c", 0, "a=50 b=50 c=0")]
    [InlineData("a=1 b=1 c=98", "c", 99, "a=1 b=0 c=99")]
    public void WithWeight_Example_SharesByLargestRemainder(string map, string name, int weight, string expected) =>
        Assert.Equal(expected, TrafficArithmetic.WithWeight(Parse(map), name, weight)!.ToString());

    [Fact]
    public void WithWeight_NobodyToTakeTheRest_IsNull() => Assert.Null(TrafficArithmetic.WithWeight(Parse("blue=0 green=0"), "green", 10));

    internal static MlTrafficMap Parse(string text) =>
        new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).Select(part => KeyValuePair.Create(part[0], int.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture))));

    private static MlTrafficMap Map(byte[] raw) => new(raw.Take(20).Select((value, index) => KeyValuePair.Create($"d{index}", value % 101)));
}
