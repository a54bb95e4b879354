namespace MlflowRollout.Emulator.Storage;

/// <summary>Turns names of blobs into relative paths of files, and refuses those that would leave their folder.</summary>
internal static class BlobPath
{
    /// <summary>The path, or null with the reason why there is none.</summary>
    public static string? ToRelativePath(string name, out string? problem)
    {
        string[] segments = name.Split('/');
        foreach (string segment in segments)
        {
            if (segment is "" or "." or "..")
            {
                problem = $"the path '{name}' has an empty or relative segment";
                return null;
            }

            if (segment.IndexOfAny(['\\', ':']) >= 0 || segment.Any(char.IsControl))
            {
                problem = $"the path '{name}' has a character that file names cannot have";
                return null;
            }
        }

        problem = null;
        return Path.Combine(segments);
    }
}
