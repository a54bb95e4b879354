namespace MlflowRollout.Services;

/// <summary>The answer to one scoring request.</summary>
public sealed class MlScoringResponse
{
    /// <summary>The body as it came.</summary>
    public required string Body { get; init; }

    /// <summary>One prediction for each row of the answer. A body that is no list gives one prediction.</summary>
    public required IReadOnlyList<MlPrediction> Predictions { get; init; }

    /// <summary>Deployment that answered.</summary>
    public string? Deployment { get; init; }

    /// <summary>Id of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Time from sending to the end of the body.</summary>
    public TimeSpan Latency { get; init; }
}
