using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using MlflowRollout.OfficialClients.IntegrationTests.Recording;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests.Azurite;

/// <summary>An emulator whose default datastore is in Azurite: its storage account, container and key are there, and blob calls go there.</summary>
internal sealed class AzuriteWorkspace : IAsyncDisposable
{
    private AzuriteWorkspace(RecordingProxy proxy, BlobContainerClient container)
    {
        Proxy = proxy;
        Container = container;
    }

    /// <summary>Control plane and blob calls pass here.</summary>
    public RecordingProxy Proxy { get; }

    /// <summary>The datastore's container in Azurite.</summary>
    public BlobContainerClient Container { get; }

    /// <summary>Starts the proxy in front of the emulator, with an empty datastore. With <paramref name="sas"/> it gives a SAS token out instead of its key.</summary>
    public static async Task<AzuriteWorkspace> StartAsync(EmulatorProcess emulator, AzuriteFixture fixture, bool sas)
    {
        string store = $"{emulator.Connection.WorkspaceId}/datastores/workspaceblobstore";
        JsonObject properties = (await AskAsync(emulator, HttpMethod.Get, store))["properties"]!.AsObject();
        string account = properties["accountName"]!.GetValue<string>();
        string key = (await AskAsync(emulator, HttpMethod.Post, $"{store}/listSecrets"))["key"]!.GetValue<string>();
        AzuriteServer azurite = await fixture.GetAsync(account, key);
        BlobContainerClient container = azurite.Service.GetBlobContainerClient(properties["containerName"]!.GetValue<string>());
        await container.DeleteIfExistsAsync();
        await container.CreateAsync();
        RecordingProxy proxy = await RecordingProxy.StartAsync(emulator, azurite.Address, sas ? (path, answer) => GiveSas(path, answer, container) : null);
        return new AzuriteWorkspace(proxy, container);
    }

    /// <summary>A session of the module that is connected here.</summary>
    public ModuleSession Connect()
    {
        ModuleSession session = new();
        session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", Proxy.ConnectionFile).AssertSucceeded();
        return session;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Proxy.DisposeAsync();

    private static async Task<JsonNode> AskAsync(EmulatorProcess emulator, HttpMethod method, string path)
    {
        using HttpRequestMessage request = new(method, $"{path}?api-version=2024-10-01");
        using HttpResponseMessage answer = await emulator.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static void GiveSas(string path, JsonObject answer, BlobContainerClient container)
    {
        if (path.EndsWith("/listSecrets", StringComparison.OrdinalIgnoreCase))
        {
            Uri signed = container.GenerateSasUri(BlobContainerSasPermissions.All, TimeProvider.System.GetUtcNow().AddHours(1));
            answer["secretsType"] = "Sas";
            answer["sasToken"] = signed.Query.TrimStart('?');
            answer.Remove("key");
            return;
        }

        foreach (JsonNode? store in answer["value"] as JsonArray ?? [answer])
        {
            if (store?["properties"]?["credentials"] is JsonObject credentials)
            {
                credentials["credentialsType"] = "Sas";
            }
        }
    }
}
