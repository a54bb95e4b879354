namespace MlflowRollout.Benchmarks.Rows;

/// <summary>What the hand-written loop makes of a row: what the cmdlet makes of it.</summary>
internal sealed class ScoredRow
{
    public long Index { get; init; }

    public object? Prediction { get; init; }

    public string? Deployment { get; init; }

    public TimeSpan RequestLatency { get; init; }

    public string? RequestId { get; init; }

    public object? Input { get; init; }
}
