namespace MlflowRollout.Engine.Models;

/// <summary>Turns names that storage gives into paths below a folder, and refuses those that would lead out of it.</summary>
internal static class SafePath
{
    private static readonly char[] Refused = ['\\', ':', '\0'];

    /// <summary>The full path of a file below a folder; null when the name is none that can be a file there.</summary>
    public static string? Below(string folder, string relativePath)
    {
        string[] segments = relativePath.Split('/');
        foreach (string segment in segments)
        {
            if (segment is "" or "." or ".."
                || segment.IndexOfAny(Refused) >= 0
                || segment.Any(char.IsControl)
                || segment.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
            {
                return null;
            }
        }

        // Whatever else a file system makes of a name (devices, dots and blanks at its end), it must be the path as written.
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string path = Path.Combine([root, .. segments]);
        return string.Equals(Path.GetFullPath(path), path, StringComparison.Ordinal) ? path : null;
    }
}
