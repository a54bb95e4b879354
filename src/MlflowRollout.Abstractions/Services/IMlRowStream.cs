namespace MlflowRollout.Services;

/// <summary>
/// Rows in, predictions out. One thread adds and takes (the pipeline's); requests run on the thread pool. Every row added comes out exactly once, failed
/// ones with <see cref="MlPrediction.Error"/>; a failed batch is split until the bad row stands alone. 429, 502, 503, 504 and transport errors are retried
/// honouring Retry-After; a 401 refreshes the key once. Disposing cancels what is under way.
/// </summary>
public interface IMlRowStream : IDisposable
{
    /// <summary>True when every row added has been taken and <see cref="Complete"/> was called.</summary>
    bool IsFinished { get; }

    /// <summary>Adds a row without waiting. The values are converted and checked here; a bad value becomes the row's error, with row and column.</summary>
    /// <param name="row">The row.</param>
    /// <returns>False when as many rows are under way as memory should hold: take results or wait, then add it again.</returns>
    bool TryAdd(in MlRow row);

    /// <summary>Takes the next result without waiting: in input order, unless the stream is unordered.</summary>
    /// <param name="prediction">The result.</param>
    bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MlPrediction? prediction);

    /// <summary>Says that no more rows come; what is waiting for a full batch is sent.</summary>
    void Complete();

    /// <summary>Blocks until <see cref="TryTake"/> gives a result, <see cref="TryAdd"/> has room again, or the stream is finished.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="MlException">The stream as a whole cannot go on (credential refused, endpoint gone).</exception>
    void Wait(CancellationToken cancellationToken);
}
