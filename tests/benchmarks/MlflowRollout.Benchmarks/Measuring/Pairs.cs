using System.Globalization;

namespace MlflowRollout.Benchmarks.Measuring;

/// <summary>
/// Interleaved measurements of a yardstick and of the product: what the machine does besides falls on both alike, and only ratios (or differences)
/// within a pair count.
/// </summary>
internal sealed class Pairs<T>
{
    private readonly List<(T Yardstick, T Product)> _pairs = [];

    /// <summary>The pairs in the order they were taken.</summary>
    public IReadOnlyList<(T Yardstick, T Product)> All => _pairs;

    /// <summary>Takes a number of pairs; which of the two goes first alternates.</summary>
    public static async Task<Pairs<T>> TakeAsync(int count, Func<Task<T>> yardstick, Func<Task<T>> product)
    {
        Pairs<T> pairs = new();
        for (int i = 0; i < count; i++)
        {
            if (i % 2 == 0)
            {
                T first = await yardstick();
                pairs._pairs.Add((first, await product()));
            }
            else
            {
                T first = await product();
                pairs._pairs.Add((await yardstick(), first));
            }
        }

        return pairs;
    }

    /// <summary>The median over pairs of a number made of both.</summary>
    public double Median(Func<T, T, double> combine) => Statistics.Median(_pairs.Select(pair => combine(pair.Yardstick, pair.Product)));

    /// <summary>The median of the yardsticks.</summary>
    public double Yardstick(Func<T, double> value) => Statistics.Median(_pairs.Select(pair => value(pair.Yardstick)));

    /// <summary>The median of the product.</summary>
    public double Product(Func<T, double> value) => Statistics.Median(_pairs.Select(pair => value(pair.Product)));

    /// <summary>One line a pair.</summary>
    public IReadOnlyList<string> Describe(Func<T, string> one) =>
        [.. _pairs.Select((pair, index) => string.Create(CultureInfo.InvariantCulture, $"pair {index + 1}: yardstick {one(pair.Yardstick)}; product {one(pair.Product)}"))];
}
