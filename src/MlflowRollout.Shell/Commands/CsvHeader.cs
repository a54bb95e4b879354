namespace MlflowRollout.Shell.Commands;

/// <summary>The names of a CSV file's columns.</summary>
internal static class CsvHeader
{
    private const string LogFields = "#Fields: ";

    /// <summary>Reads the type and the header, where they are not given; the header is null where the file ends before one.</summary>
    public static (string? Type, IReadOnlyList<string>? Names) Read(CsvReader csv, IReadOnlyList<string>? given)
    {
        string? type = csv.ReadType();
        if (given is not null)
        {
            return (type, given);
        }

        while (csv.ReadRecord() is { } cells)
        {
            while (cells.Count > 1 && cells[^1].Length == 0)
            {
                cells.RemoveAt(cells.Count - 1);
            }

            if (cells is [{ } first, ..] && first.StartsWith(LogFields, StringComparison.Ordinal))
            {
                // The extended log format of the W3C names its columns in a comment.
                cells[0] = first[LogFields.Length..];
            }
            else if (cells is [['#', ..], ..])
            {
                continue;
            }

            return (type, cells);
        }

        return (type, null);
    }

    /// <summary>A name that stands twice, or null.</summary>
    public static string? Repeated(IEnumerable<string> names)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        return names.FirstOrDefault(name => name.Length > 0 && !seen.Add(name));
    }

    /// <summary>The names, with H1, H2 and so on for empty ones.</summary>
    public static IReadOnlyList<string> Named(IEnumerable<string> names, out bool completed)
    {
        int missing = 0;
        string[] named = [.. names.Select(name => name.Length > 0 ? name : $"H{++missing}")];
        completed = missing > 0;
        return named;
    }
}
