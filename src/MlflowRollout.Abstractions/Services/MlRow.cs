namespace MlflowRollout.Services;

/// <summary>One row for a stream.</summary>
/// <param name="Index">Position in the input, from 0.</param>
/// <param name="Input">The object that came in; handed back in <see cref="MlPrediction.Input"/>, never read.</param>
/// <param name="Values">
/// Values in the order of the signature's inputs: numbers, text (as from a CSV file), booleans, dates, null, or <see cref="Missing"/>.
/// </param>
public readonly record struct MlRow(long Index, object? Input, object?[] Values)
{
    /// <summary>Stands for a column that the row does not have, as distinct from null.</summary>
    public static object Missing { get; } = new();
}
