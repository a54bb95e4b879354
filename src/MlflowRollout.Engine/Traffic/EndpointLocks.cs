using System.Security.Cryptography;
using System.Text;

namespace MlflowRollout.Engine.Traffic;

/// <summary>
/// Serialises this user's writers of one endpoint on this machine by a lock file, with a stamp that tells whether another of them wrote since an earlier
/// read. The service has no ETag on endpoints; see docs/design/002-traffic-changes.md for what this does and does not cover.
/// </summary>
internal sealed class EndpointLocks(string stateFolder, string scope, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Path.Combine(stateFolder, "locks");

    /// <summary>The stamp of the last write by a process of this machine; empty when there was none.</summary>
    public string ReadStamp(string endpointId)
    {
        try
        {
            return File.ReadAllText(StampPath(endpointId));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    /// <summary>Takes the lock, waiting for others. Where files cannot be written there is nothing to take.</summary>
    public async Task<Holder> AcquireAsync(string endpointId, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_folder, Key(endpointId) + ".lock");
        while (true)
        {
            try
            {
                Directory.CreateDirectory(_folder);
                FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return new Holder(file, StampPath(endpointId));
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
            {
                await Task.Delay(Interval, timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new Holder(null, null);
            }
        }
    }

    private string StampPath(string endpointId) => Path.Combine(_folder, Key(endpointId) + ".stamp");

    // Emulators share ids, so the address of the service belongs to the key.
    private string Key(string endpointId) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{scope}\n{endpointId}".ToUpperInvariant())))[..32];

    /// <summary>A held lock.</summary>
    internal sealed class Holder(FileStream? file, string? stampPath) : IDisposable
    {
        /// <summary>Says that a write follows, or has been made: what others read before is old.</summary>
        public void Stamp()
        {
            if (stampPath is null)
            {
                return;
            }

            try
            {
                string temporary = $"{stampPath}.{Guid.NewGuid():N}";
                File.WriteAllText(temporary, Guid.NewGuid().ToString("N"));
                File.Move(temporary, stampPath, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Without a stamp other processes rely on the verifying read alone.
            }
        }

        /// <inheritdoc/>
        public void Dispose() => file?.Dispose();
    }
}
