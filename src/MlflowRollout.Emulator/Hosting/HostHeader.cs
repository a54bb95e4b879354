namespace MlflowRollout.Emulator.Hosting;

/// <summary>
/// Which Host headers are answered. A page in a browser may be led to this address under a name of its own; only names of
/// this machine, and the one blob host for blob calls, are taken.
/// </summary>
internal static class HostHeader
{
    public static bool IsLoopback(HostString host) =>
        host.Host is { Length: > 0 } name
        && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name is "127.0.0.1" or "[::1]" or "::1");

    public static bool IsBlobHost(HostString host, string storageAccount) =>
        host.Host.Equals($"{storageAccount}.blob.core.windows.net", StringComparison.OrdinalIgnoreCase);
}
