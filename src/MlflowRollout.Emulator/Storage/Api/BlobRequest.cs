using System.Globalization;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>One call to the blob service: which container and blob, whichever way the address said it.</summary>
internal sealed class BlobRequest
{
    private BlobRequest(HttpContext http, string? container, string? blob)
    {
        Http = http;
        Container = container;
        Blob = blob;
    }

    public HttpContext Http { get; }

    public string? Container { get; }

    public string? Blob { get; }

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Reads the address; null where it is none of this account's.</summary>
    public static BlobRequest? Parse(HttpContext http, WorkspaceIdentity identity)
    {
        string path = Uri.UnescapeDataString(RawTarget.PathOf(http)).TrimStart('/');
        if (!HostHeader.IsBlobHost(http.Request.Host, identity.StorageAccount))
        {
            string account = identity.StorageAccount;
            if (!path.StartsWith(account, StringComparison.Ordinal) || (path.Length > account.Length && path[account.Length] != '/'))
            {
                return null;
            }

            path = path.Length > account.Length ? path[(account.Length + 1)..] : string.Empty;
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string? container = slash < 0 ? path : path[..slash];
        string? blob = slash < 0 ? null : path[(slash + 1)..];
        return new BlobRequest(http, string.IsNullOrEmpty(container) ? null : container, string.IsNullOrEmpty(blob) ? null : blob);
    }

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public int? QueryInteger(string name, int minimum, int maximum) => Query(name) switch
    {
        null or "" => null,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum => number,
        _ => throw BlobException.InvalidQuery(name, $"must be a whole number from {minimum.ToString(CultureInfo.InvariantCulture)} to {maximum.ToString(CultureInfo.InvariantCulture)}"),
    };
}
