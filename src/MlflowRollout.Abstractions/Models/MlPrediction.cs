namespace MlflowRollout;

/// <summary>The prediction for one row.</summary>
public sealed class MlPrediction
{
    /// <summary>Position of the row in the input, from 0.</summary>
    public long Index { get; set; }

    /// <summary>What the model answered for the row: a number, text, boolean, array or dictionary; null when it failed.</summary>
    public object? Prediction { get; set; }

    /// <summary>Deployment that answered; null when none did.</summary>
    public string? Deployment { get; set; }

    /// <summary>Time of the request that the row was part of, as the client saw it.</summary>
    public TimeSpan RequestLatency { get; set; }

    /// <summary>Id of the request that the row was part of, from the service.</summary>
    public string? RequestId { get; set; }

    /// <summary>The row as it came in; null for rows of a request file or body.</summary>
    public object? Input { get; set; }

    /// <summary>Why there is no prediction; null when there is one.</summary>
    public string? Error { get; set; }
}
