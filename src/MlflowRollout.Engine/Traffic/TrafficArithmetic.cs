namespace MlflowRollout.Engine.Traffic;

/// <summary>Weights, and nothing else: no clock, no call. Results sum to 100, are deterministic and keep the order of the map.</summary>
internal static class TrafficArithmetic
{
    /// <summary>The whole.</summary>
    public const int Whole = 100;

    /// <summary>
    /// The map with one deployment at a weight and the rest shared by the others in proportion to what they have, by largest remainder; of equal remainders
    /// the earlier name wins. Null when no other deployment has traffic to take the rest.
    /// </summary>
    /// <param name="current">Live weights.</param>
    /// <param name="name">Deployment; added at the end when the map does not have it.</param>
    /// <param name="weight">0 to 100.</param>
    public static MlTrafficMap? WithWeight(MlTrafficMap current, string name, int weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, Whole);
        KeyValuePair<string, int>[] others = [.. current.Pairs().Where(pair => !string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase))];
        int[]? shares = Share(Whole - weight, [.. others.Select(pair => pair.Value)]);
        if (shares is null)
        {
            return null;
        }

        MlTrafficMap result = [];
        int next = 0;
        foreach ((string there, int _) in current.Pairs())
        {
            result[there] = string.Equals(there, name, StringComparison.OrdinalIgnoreCase) ? weight : shares[next++];
        }

        if (!result.Contains(name))
        {
            result[name] = weight;
        }

        return result;
    }

    /// <summary>
    /// Shares a whole number in proportion to weights by largest remainder. A weight of 0 gets 0. Null when there is something to share and nobody to take it.
    /// </summary>
    public static int[]? Share(int whole, IReadOnlyList<int> weights)
    {
        int[] shares = new int[weights.Count];
        if (whole == 0)
        {
            return shares;
        }

        long total = weights.Sum(weight => (long)weight);
        if (total <= 0)
        {
            return null;
        }

        long[] remainders = new long[weights.Count];
        int given = 0;
        for (int index = 0; index < weights.Count; index++)
        {
            long product = (long)whole * weights[index];
            shares[index] = (int)(product / total);
            remainders[index] = product % total;
            given += shares[index];
        }

        foreach (int index in Enumerable.Range(0, weights.Count).OrderByDescending(index => remainders[index]).ThenBy(index => index).Take(whole - given))
        {
            shares[index]++;
        }

        return shares;
    }
}
