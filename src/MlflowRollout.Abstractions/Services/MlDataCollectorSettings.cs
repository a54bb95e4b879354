namespace MlflowRollout.Services;

/// <summary>What a deployment records of its requests.</summary>
public sealed class MlDataCollectorSettings
{
    /// <summary>Collections by name, such as <c>model_inputs</c> and <c>model_outputs</c>.</summary>
    public IReadOnlyDictionary<string, MlDataCollection> Collections { get; init; } = new Dictionary<string, MlDataCollection>();

    /// <summary>Share of requests, 0 to 1, for every collection that has none of its own; null for the service's default, 1.</summary>
    public double? SamplingRate { get; init; }

    /// <summary><c>Year</c>, <c>Month</c>, <c>Day</c>, <c>Hour</c> or <c>Minute</c>; null for the service's default, <c>Hour</c>.</summary>
    public string? RollingRate { get; init; }

    /// <summary>Headers of requests that are recorded with them; null for none.</summary>
    public IReadOnlyList<string>? CaptureHeaders { get; init; }

    /// <summary>The collections in a line.</summary>
    public override string ToString() =>
        string.Join(", ", Collections.Select(collection => collection.Value.Enabled ? collection.Key : $"{collection.Key} (off)"));
}
