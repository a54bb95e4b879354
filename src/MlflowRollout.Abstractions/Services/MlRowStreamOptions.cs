namespace MlflowRollout.Services;

/// <summary>How rows are sent.</summary>
public sealed class MlRowStreamOptions
{
    /// <summary>The signature by which values are converted.</summary>
    public required MlModelSignature Signature { get; init; }

    /// <summary>Inference parameters that go with every request; null for none.</summary>
    public IReadOnlyDictionary<string, object?>? Parameters { get; init; }

    /// <summary>Rows in a request. Default 100.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Requests under way at once at most; null adapts: starts at what the deployment admits, grows and backs off.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>Requests a second at most; null for no limit.</summary>
    public double? RateLimit { get; init; }

    /// <summary>True: results may come in any order.</summary>
    public bool Unordered { get; init; }

    /// <summary>Time a request may take, retries apart; null for 200 s.</summary>
    public TimeSpan? RequestTimeout { get; init; }
}
