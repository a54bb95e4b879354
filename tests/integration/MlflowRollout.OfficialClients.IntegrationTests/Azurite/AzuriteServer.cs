using Azure.Storage;
using Azure.Storage.Blobs;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests.Azurite;

/// <summary>Azurite's blob service, in memory, with one account.</summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    private const string Listens = "successfully listens on ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _process;

    private AzuriteServer(ChildProcess process, Uri address, string account, string key)
    {
        _process = process;
        Address = address;
        Service = new BlobServiceClient(new Uri(address, account), new StorageSharedKeyCredential(account, key));
    }

    /// <summary>Where it listens, over plain HTTP. The account is found by the first part of the Host header, or of the path.</summary>
    public Uri Address { get; }

    /// <summary>A client that goes to it directly.</summary>
    public BlobServiceClient Service { get; }

    /// <summary>Starts it with an account of this name and key.</summary>
    public static async Task<AzuriteServer> StartAsync(string account, string key)
    {
        string package = Drivers.RequireNodePackage("azurite");
        ChildProcess process = new(
            "node",
            [
                Path.Combine(package, "dist", "src", "blob", "main.js"), "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence",
                "--skipApiVersionCheck", "--disableTelemetry",
            ],
            environment: new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = $"{account}:{key}" });
        try
        {
            string line = await process.WaitForLineAsync(static line => line.Contains(Listens, StringComparison.Ordinal), StartTimeout);
            return new AzuriteServer(process, new Uri(line[(line.IndexOf(Listens, StringComparison.Ordinal) + Listens.Length)..].Trim()), account, key);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
