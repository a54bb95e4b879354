namespace MlflowRollout.Emulator.Hosting;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearMatch
{
    /// <summary>The candidate nearest to the text, or null where none is near.</summary>
    public static string? Find(string text, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = Math.Max(2, text.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = candidate.StartsWith(text, StringComparison.OrdinalIgnoreCase) && text.Length > 3 ? 1 : Distance(text, candidate);
            if (distance < bestDistance)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>Edit distance without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        int[] previous = new int[right.Length + 1];
        int[] current = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++)
        {
            previous[column] = column;
        }

        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int cost = char.ToLowerInvariant(left[row - 1]) == char.ToLowerInvariant(right[column - 1]) ? 0 : 1;
                current[column] = Math.Min(Math.Min(current[column - 1] + 1, previous[column] + 1), previous[column - 1] + cost);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
