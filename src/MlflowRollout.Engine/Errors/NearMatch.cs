using System.Globalization;

namespace MlflowRollout.Engine.Errors;

/// <summary>Finds the name that was probably meant, and says what is there.</summary>
internal static class NearMatch
{
    private const int LongestList = 8;
    private const int SuffixedLength = 7;

    /// <summary>The candidate nearest to the name; null when none is near.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int least = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name, candidate);
            if (candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase) && name.Length >= 3)
            {
                distance = Math.Min(distance, 2);
            }

            // Names made with a suffix are asked for without it.
            int suffix = candidate.LastIndexOf('-');
            if (suffix > 0 && candidate.Length - suffix == SuffixedLength)
            {
                distance = Math.Min(distance, Distance(name, candidate[..suffix]) + 1);
            }

            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>A sentence with the near match and, when short, the list of what is there; begins with a blank.</summary>
    public static string Sentence(string name, IReadOnlyCollection<string> candidates)
    {
        if (candidates.Count == 0)
        {
            return " There are none.";
        }

        string near = Find(name, candidates) is { } match ? $" Did you mean '{match}'?" : string.Empty;
        string list = candidates.Count <= LongestList
            ? $" There {(candidates.Count == 1 ? "is" : "are")}: {string.Join(", ", candidates.Order(StringComparer.OrdinalIgnoreCase))}."
            : string.Create(CultureInfo.InvariantCulture, $" There are {candidates.Count}.");
        return near + list;
    }

    /// <summary>Edits (with neighbours swapped as one) that lead from one text to the other, without regard to case.</summary>
    public static int Distance(string left, string right)
    {
        left = left.ToUpperInvariant();
        right = right.ToUpperInvariant();
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= right.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[left.Length, right.Length];
    }
}
