using System.Globalization;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>Makes shared access signatures of containers, for uploads and downloads without the account key.</summary>
internal sealed class ContainerSignature(WorkspaceIdentity identity)
{
    private const string Version = "2021-12-02";
    private const string Protocol = "https";
    private readonly SharedKeySignature _key = new(identity.StorageAccount, identity.StorageKey);

    /// <summary>The query, without a question mark, that opens a container.</summary>
    /// <param name="permissions">Letters in the storage service's order, such as <c>rcwl</c>.</param>
    public string Query(string container, string permissions, DateTimeOffset end)
    {
        string expiry = end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string[] signed =
        [
            permissions, string.Empty, expiry, $"/blob/{identity.StorageAccount}/{container}", string.Empty, string.Empty, Protocol, Version, "c",
            string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty,
        ];
        return $"sv={Version}&spr={Protocol}&se={Uri.EscapeDataString(expiry)}&sr=c&sp={permissions}&sig={Uri.EscapeDataString(_key.Sign(string.Join('\n', signed)))}";
    }
}
