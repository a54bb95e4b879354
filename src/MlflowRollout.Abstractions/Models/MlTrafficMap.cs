using System.Collections;
using System.Collections.Specialized;
using System.Globalization;

namespace MlflowRollout;

/// <summary>
/// Weights in percent by deployment name. Names are compared without regard to case, explicit zeros are kept, the order is that of insertion.
/// In PowerShell <c>$endpoint.Traffic.blue</c> and <c>$endpoint.Traffic['blue']</c> give the weight.
/// </summary>
public sealed class MlTrafficMap : OrderedDictionary
{
    /// <summary>An empty map.</summary>
    public MlTrafficMap()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>A copy of name and weight pairs.</summary>
    /// <param name="weights">The pairs.</param>
    public MlTrafficMap(IEnumerable<KeyValuePair<string, int>> weights)
        : this()
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string name, int weight) in weights)
        {
            this[name] = weight;
        }
    }

    /// <summary>Sum of all weights.</summary>
    public int Total => Pairs().Sum(pair => pair.Value);

    /// <summary>The weight of a deployment; 0 when it is not in the map.</summary>
    /// <param name="deploymentName">Name, in any case.</param>
    public int WeightOf(string deploymentName) => this[(object)deploymentName] is { } weight ? Convert.ToInt32(weight, CultureInfo.InvariantCulture) : 0;

    /// <summary>Name and weight pairs in order.</summary>
    public IEnumerable<KeyValuePair<string, int>> Pairs()
    {
        foreach (DictionaryEntry entry in this)
        {
            yield return new((string)entry.Key, Convert.ToInt32(entry.Value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>True when both give every deployment the same weight; an absent name counts as 0.</summary>
    /// <param name="other">The other map.</param>
    public bool HasSameWeights(MlTrafficMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Pairs().All(pair => other.WeightOf(pair.Key) == pair.Value) && other.Pairs().All(pair => WeightOf(pair.Key) == pair.Value);
    }

    /// <summary>The text that the Azure CLI uses: <c>blue=90 green=10</c>; empty for an empty map.</summary>
    public override string ToString() =>
        string.Join(' ', Pairs().Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
