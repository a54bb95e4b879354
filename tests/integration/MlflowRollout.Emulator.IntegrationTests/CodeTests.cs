using System.Net;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class CodeTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Version_PutAndGet_HasUriAndHash()
    {
        string name = Guid.NewGuid().ToString("D");

        ControlPlaneAnswer put = await Client.PutAsync($"/codes/{name}/versions/1", Body(Client.DatastoreUri("LocalUpload/a/src"), "aa"));
        JsonNode code = (await Client.GetAsync($"/codes/{name}/versions/1")).Body;

        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.Equal($"{Client.Workspace}/codes/{name}/versions/1", code["id"]!.GetValue<string>());
        Assert.Equal("Microsoft.MachineLearningServices/workspaces/codes/versions", code["type"]!.GetValue<string>());
        Assert.EndsWith("LocalUpload/a/src", code["properties"]!["codeUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("aa", code["properties"]!["properties"]!["hash_sha256"]!.GetValue<string>());
        Assert.True(code["properties"]!["isAnonymous"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Version_PutWithAnotherUri_IsConflictUnlessTheHashIsTheSame()
    {
        string name = server.Name("code");
        await Client.PutAsync($"/codes/{name}/versions/1", Body(Client.DatastoreUri("LocalUpload/a/src"), "aa"));

        ControlPlaneAnswer sameFiles = await Client.PutAsync($"/codes/{name}/versions/1", Body(Client.DatastoreUri("LocalUpload/again/src"), "aa"));
        await Client.PutAsync($"/codes/{name}/versions/2", Bodies.Code(Client.DatastoreUri("LocalUpload/b")));
        ControlPlaneAnswer others = await Client.PutAsync($"/codes/{name}/versions/2", Bodies.Code(Client.DatastoreUri("LocalUpload/c")));

        Assert.Equal(HttpStatusCode.OK, sameFiles.Status);
        Assert.EndsWith("LocalUpload/a/src", sameFiles.Body["properties"]!["codeUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, others.Status);
    }

    [Fact]
    public async Task Version_WithoutUri_IsRefused()
    {
        ControlPlaneAnswer answer = await Client.PutAsync($"/codes/{server.Name("code")}/versions/1", new JsonObject { ["properties"] = new JsonObject() });

        Assert.Equal("properties.codeUri", answer.Body["error"]!["target"]!.GetValue<string>());
    }

    [Fact]
    public async Task Versions_ByHash_AreThoseAlone()
    {
        string name = server.Name("code");
        await Client.PutAsync($"/codes/{name}/versions/1", Body("azureml://datastores/workspaceblobstore/paths/a", "aa"));
        await Client.PutAsync($"/codes/{name}/versions/2", Body("azureml://datastores/workspaceblobstore/paths/b", "bb"));

        JsonArray found = (await Client.GetAsync($"/codes/{name}/versions?hash=bb&hashVersion=1")).Body["value"]!.AsArray();
        JsonArray none = (await Client.GetAsync($"/codes/{name}/versions?hash=bb&hashVersion=2")).Body["value"]!.AsArray();

        Assert.Equal("2", Assert.Single(found)!["name"]!.GetValue<string>());
        Assert.Empty(none);
    }

    [Fact]
    public async Task PendingUpload_Started_OpensAContainerOfItsOwn()
    {
        string name = server.Name("code");
        JsonObject asked = new() { ["pendingUploadType"] = "TemporaryBlobReference" };

        ControlPlaneAnswer answer = await Client.PostAsync($"/codes/{name}/versions/1/startPendingUpload", asked);
        JsonNode reference = answer.Body["blobReferenceForConsumption"]!;
        BlobContainerClient container = Container(new Uri(reference["credential"]!["sasUri"]!.GetValue<string>()));
        await container.GetBlobClient("src/score.py").UploadAsync(BinaryData.FromString("def run(data): return data"));
        await container.GetBlobClient("src/empty.txt").UploadAsync(BinaryData.FromString(string.Empty));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("TemporaryBlobReference", answer.Body["pendingUploadType"]!.GetValue<string>());
        Assert.True(Guid.TryParse(answer.Body["pendingUploadId"]!.GetValue<string>(), out _));
        Assert.Equal("SAS", reference["credential"]!["credentialType"]!.GetValue<string>());
        Assert.Equal("def run(data): return data", (await container.GetBlobClient("src/score.py").DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(2, container.GetBlobs().Count());
        Assert.DoesNotContain("sig=", reference["blobUri"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PendingUpload_WithTheSameId_IsTheSameContainerAndWithAnotherIsNot()
    {
        string name = server.Name("code");

        string first = await BlobUriAsync(name, "mine");
        string second = await BlobUriAsync(name, "mine");
        string other = await BlobUriAsync(name, "other");

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task PendingUpload_Signature_OpensNoOtherContainerAndDeletesNothing()
    {
        string name = server.Name("code");
        JsonNode answer = (await Client.PostAsync($"/codes/{name}/versions/1/startPendingUpload")).Body["blobReferenceForConsumption"]!;
        string sas = answer["credential"]!["sasUri"]!.GetValue<string>();
        BlobContainerClient own = Container(new Uri(sas));
        await own.GetBlobClient("a").UploadAsync(BinaryData.FromString("a"));
        BlobContainerClient workspace = await Client.ContainerAsync();
        string elsewhere = sas.Replace(own.Name, workspace.Name, StringComparison.Ordinal);

        RequestFailedException refused = await Assert.ThrowsAsync<RequestFailedException>(() => Container(new Uri(elsewhere)).GetBlobClient("a").UploadAsync(BinaryData.FromString("a")));
        RequestFailedException deletion = await Assert.ThrowsAsync<RequestFailedException>(() => own.GetBlobClient("a").DeleteAsync());

        Assert.Equal(403, refused.Status);
        Assert.Equal("AuthorizationPermissionMismatch", deletion.ErrorCode);
    }

    [Fact]
    public async Task PendingUpload_OfAnUnknownType_IsRefused()
    {
        ControlPlaneAnswer answer = await Client.PostAsync($"/codes/{server.Name("code")}/versions/1/startPendingUpload", new JsonObject { ["pendingUploadType"] = "Carrier" });

        Assert.Equal("pendingUploadType", answer.Body["error"]!["target"]!.GetValue<string>());
    }

    [Fact]
    public async Task AssetsAndUploads_AfterAKill_AreAllThere()
    {
        using TemporaryFolder folder = new();
        string sas;
        await using (EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = folder["data"] }))
        {
            ControlPlaneClient client = new(first);
            await client.PutAsync("/environments/e/versions/1", Bodies.Environment("image:1"));
            await client.PutAsync("/codes/c/versions/1", Body(client.DatastoreUri("LocalUpload/a"), "aa"));
            sas = (await client.PostAsync("/codes/c/versions/2/startPendingUpload", new JsonObject { ["pendingUploadId"] = "mine" }))
                .Body["blobReferenceForConsumption"]!["credential"]!["sasUri"]!.GetValue<string>();
            await Container(new Uri(sas), first).GetBlobClient("src/score.py").UploadAsync(BinaryData.FromString("x"));
            await first.KillAsync();
        }

        await using EmulatorProcess second = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = folder["data"] });
        ControlPlaneClient after = new(second);
        UriBuilder moved = new(sas) { Port = second.ArmEndpoint.Port };

        Assert.Equal("image:1", (await after.GetAsync("/environments/e/versions/1")).Body["properties"]!["image"]!.GetValue<string>());
        Assert.Equal("aa", (await after.GetAsync("/codes/c/versions/1")).Body["properties"]!["properties"]!["hash_sha256"]!.GetValue<string>());
        Assert.Equal("x", (await Container(moved.Uri, second).GetBlobClient("src/score.py").DownloadContentAsync()).Value.Content.ToString());
    }

    private async Task<string> BlobUriAsync(string name, string id) =>
        (await Client.PostAsync($"/codes/{name}/versions/1/startPendingUpload", new JsonObject { ["pendingUploadId"] = id })).Body["blobReferenceForConsumption"]!["blobUri"]!.GetValue<string>();

    private BlobContainerClient Container(Uri address) => Container(address, server.Emulator);

    private static BlobContainerClient Container(Uri address, EmulatorProcess emulator) =>
        new(address, new BlobClientOptions { Transport = new HttpClientTransport(emulator.CreateHttpClient(authorized: false)), Retry = { MaxRetries = 0 } });

    private static JsonObject Body(string uri, string hash)
    {
        JsonObject body = Bodies.Code(uri);
        body["properties"]!["isAnonymous"] = true;
        body["properties"]!["properties"] = new JsonObject { ["hash_sha256"] = hash, ["hash_version"] = "1" };
        return body;
    }
}
