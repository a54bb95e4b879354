namespace MlflowRollout.Engine.Definitions;

/// <summary>Reads small files whole, and no others.</summary>
internal static class BoundedFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">Full path of a file that exists.</param>
    /// <param name="limit">Most bytes.</param>
    /// <returns>The bytes, or what stands against reading it.</returns>
    public static (byte[]? Bytes, string? Problem) Read(string path, int limit)
    {
        try
        {
            // Not by the length that the file claims: devices have none and never end.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[limit + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > limit ? (null, $"the file is larger than {limit / 1024} KiB") : (bytes[..length], null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"the file cannot be read ({exception.Message.TrimEnd('.')})");
        }
    }
}
