using MlflowRollout.Emulator.Metrics;

namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>How the values of one time and one series become one.</summary>
internal enum MetricCombination
{
    /// <summary>Values of the same minute add up; minutes are averaged.</summary>
    SumOfMinute,

    /// <summary>The mean by weight.</summary>
    WeightedMean,
}

/// <summary>One value that was counted: a minute of one combination of dimensions.</summary>
/// <param name="Dimensions">Values in the order of the metric's dimensions.</param>
internal readonly record struct MetricSample(DateTimeOffset Minute, string[] Dimensions, double Value, double Weight);

/// <summary>A metric that is served.</summary>
/// <param name="Unit">The service's word.</param>
/// <param name="Samples">What a minute of a deployment says of this metric.</param>
internal sealed record MetricDefinition(
    string Name,
    string LocalizedName,
    string Description,
    string Unit,
    IReadOnlyList<string> Dimensions,
    MetricCombination Combination,
    Func<MetricMinute, IEnumerable<MetricSample>> Samples)
{
    public const string Aggregation = "Average";
}
