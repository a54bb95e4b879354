namespace MlflowRollout.Benchmarks.Measuring;

/// <summary>One figure with its target.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Target">What is to be reached; empty where it is reported only.</param>
/// <param name="Measured">What came out.</param>
/// <param name="IsReached">Null where there is no target, or it could not be measured.</param>
/// <param name="Details">Single measurements.</param>
internal sealed record Figure(string What, string Target, string Measured, bool? IsReached, IReadOnlyList<string> Details)
{
    /// <summary>In a word.</summary>
    public string Verdict => IsReached switch { true => "reached", false => "NOT reached", null => "-" };

    /// <summary>A figure that this machine cannot give.</summary>
    public static Figure Missing(string what, string target, string why) => new(what, target, $"not measured: {why}", null, []);
}
