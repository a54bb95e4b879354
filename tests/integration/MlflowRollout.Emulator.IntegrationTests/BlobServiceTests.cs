using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

/// <summary>The blob service driven by the storage client that the module uses.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class BlobServiceTests(EmulatorServer server)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task UploadAndDownload_OfAnySize_GivesTheSame(int size)
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/some file ä+%&.bin");
        byte[] content = Bytes(size);

        await blob.UploadAsync(BinaryData.FromBytes(content));
        BlobDownloadResult read = await blob.DownloadContentAsync();
        BlobProperties properties = await blob.GetPropertiesAsync();

        Assert.Equal(content, read.Content.ToArray());
        Assert.Equal(size, properties.ContentLength);
        Assert.Equal(MD5Of(content), properties.ContentHash);
    }

    [Fact]
    public async Task Upload_InBlocks_IsPutTogetherInOrder()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/big.bin");
        byte[] content = Bytes(1_000_000);

        await blob.UploadAsync(
            new MemoryStream(content),
            new BlobUploadOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-model" },
                Metadata = new Dictionary<string, string> { ["name"] = "heart" },
                TransferOptions = new StorageTransferOptions { InitialTransferSize = 64 * 1024, MaximumTransferSize = 64 * 1024, MaximumConcurrency = 4 },
            });
        using MemoryStream read = new();
        await blob.DownloadToAsync(read, new BlobDownloadToOptions { TransferOptions = new StorageTransferOptions { InitialTransferSize = 100_000, MaximumTransferSize = 100_000 } });
        BlobProperties properties = await blob.GetPropertiesAsync();

        Assert.Equal(content, read.ToArray());
        Assert.Equal("application/x-model", properties.ContentType);
        Assert.Equal("heart", properties.Metadata["name"]);
    }

    [Fact]
    public async Task Upload_IfNoneMatchOnAnExistingBlob_Is409AndKeepsTheOld()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/a");
        await blob.UploadAsync(BinaryData.FromString("old"));

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.UploadAsync(BinaryData.FromString("new"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }));

        Assert.Equal(409, exception.Status);
        Assert.Equal("BlobAlreadyExists", exception.ErrorCode);
        Assert.Equal("old", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Upload_WithAWrongMd5_IsRefusedAndNothingIsStored()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlockBlobClient blob = container.GetBlockBlobClient($"{server.Name("folder")}/a");

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.StageBlockAsync(Convert.ToBase64String("1"u8), new MemoryStream(Bytes(10)), new BlockBlobStageBlockOptions
            {
                TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5, PrecalculatedChecksum = MD5Of(Bytes(11)) },
            }));

        Assert.Equal("Md5Mismatch", exception.ErrorCode);
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task BlockList_WithAnUnknownBlock_IsRefused()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlockBlobClient blob = container.GetBlockBlobClient($"{server.Name("folder")}/a");

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => blob.CommitBlockListAsync([Convert.ToBase64String("x"u8)]));

        Assert.Equal("InvalidBlockList", exception.ErrorCode);
    }

    [Fact]
    public async Task Metadata_SetLater_ReplacesWhatWasThere()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/a");
        await blob.UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["first"] = "1" } });

        await blob.SetMetadataAsync(new Dictionary<string, string> { ["upload_status"] = "completed" });

        BlobProperties properties = await blob.GetPropertiesAsync();
        Assert.Equal(["upload_status"], properties.Metadata.Keys);
        Assert.Equal("completed", properties.Metadata["upload_status"]);
    }

    [Fact]
    public async Task List_WithPrefixDelimiterAndPages_GivesEachOnce()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        string folder = server.Name("folder");
        string[] names = ["MLmodel", "data/a.bin", "data/b.bin", "model.onnx", "zeta/deep/c.bin"];
        foreach (string name in names)
        {
            await container.GetBlobClient($"{folder}/{name}").UploadAsync(BinaryData.FromString(name));
        }

        await container.GetBlobClient($"{folder}-sibling/x").UploadAsync(BinaryData.FromString("x"));

        List<string> flat = [];
        int pages = 0;
        await foreach (Page<BlobItem> page in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, $"{folder}/", CancellationToken.None).AsPages(pageSizeHint: 2))
        {
            flat.AddRange(page.Values.Select(blob => blob.Name));
            pages++;
        }

        List<string> tree = [];
        await foreach (Page<BlobHierarchyItem> page in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", $"{folder}/", CancellationToken.None).AsPages(pageSizeHint: 1))
        {
            tree.AddRange(page.Values.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name));
        }

        Assert.Equal(names.Select(name => $"{folder}/{name}"), flat);
        Assert.Equal(3, pages);
        Assert.Equal([$"{folder}/MLmodel", $"{folder}/data/", $"{folder}/model.onnx", $"{folder}/zeta/"], tree);
    }

    [Fact]
    public async Task Delete_OfABlob_RemovesItAndItsContentFromDisk()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        byte[] content = Encoding.UTF8.GetBytes($"unique content {server.Name("content")}");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        string file = Path.Combine(server.Emulator.DataFolder, "content", sha256[..2], sha256);
        BlobClient first = container.GetBlobClient($"{server.Name("folder")}/a");
        BlobClient second = container.GetBlobClient($"{server.Name("folder")}/b");
        await first.UploadAsync(BinaryData.FromBytes(content));
        await second.UploadAsync(BinaryData.FromBytes(content));

        await first.DeleteAsync();
        bool sharedStays = File.Exists(file);
        await second.DeleteAsync();

        Assert.True(sharedStays);
        Assert.False(File.Exists(file));
        Assert.False(await first.ExistsAsync());
        Assert.False((await first.DeleteIfExistsAsync()).Value);
    }

    [Fact]
    public async Task Range_BeyondTheEnd_Is416()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/empty");
        await blob.UploadAsync(BinaryData.FromBytes(Array.Empty<byte>()));

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(0, 100) }));

        Assert.Equal(416, exception.Status);
        Assert.Equal("InvalidRange", exception.ErrorCode);
    }

    [Fact]
    public async Task SharedKey_Wrong_Is403()
    {
        BlobContainerClient right = await server.Client.ContainerAsync();
        BlobContainerClient wrong = new(right.Uri, new StorageSharedKeyCredential(right.AccountName, Convert.ToBase64String(Bytes(64))), Options());

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => wrong.GetBlobClient("a").GetPropertiesAsync());

        Assert.Equal(403, exception.Status);
        Assert.Equal("AuthenticationFailed", exception.ErrorCode);
    }

    [Fact]
    public async Task Anonymous_Any_IsRefused()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        using HttpClient client = server.Emulator.CreateHttpClient(authorized: false);

        using HttpResponseMessage response = await client.GetAsync(new Uri($"{container.Uri}/a"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("NoAuthenticationInformation", response.Headers.GetValues("x-ms-error-code").Single());
    }

    [Theory]
    [InlineData("c")]
    [InlineData("b")]
    public async Task ServiceSas_WithRead_ReadsAndCannotWrite(string resource)
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/a b");
        await blob.UploadAsync(BinaryData.FromString("content"));
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddHours(1);
        Uri sas = resource == "c"
            ? new BlobUriBuilder(container.GenerateSasUri(BlobContainerSasPermissions.Read, end)) { BlobName = blob.Name }.ToUri()
            : blob.GenerateSasUri(BlobSasPermissions.Read, end);
        BlobClient reader = new(sas, Options());

        BlobDownloadResult read = await reader.DownloadContentAsync();
        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => reader.UploadAsync(BinaryData.FromString("x"), overwrite: true));

        Assert.Equal("content", read.Content.ToString());
        Assert.Equal("AuthorizationPermissionMismatch", exception.ErrorCode);
    }

    [Fact]
    public async Task ServiceSas_Expired_IsRefused()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobClient blob = container.GetBlobClient($"{server.Name("folder")}/a");
        await blob.UploadAsync(BinaryData.FromString("content"));

        BlobClient reader = new(blob.GenerateSasUri(BlobSasPermissions.Read, TimeProvider.System.GetUtcNow().AddHours(-1)), Options());
        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => reader.GetPropertiesAsync());

        Assert.Equal(403, exception.Status);
    }

    [Fact]
    public async Task AccountSas_WithWrite_Writes()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        string account = container.AccountName;
        string key = (await server.Client.PostAsync("/datastores/workspaceblobstore/listSecrets")).Body["key"]!.GetValue<string>();
        AccountSasBuilder builder = new(AccountSasPermissions.Write | AccountSasPermissions.Read, TimeProvider.System.GetUtcNow().AddHours(1), AccountSasServices.Blobs, AccountSasResourceTypes.Object);
        string sas = builder.ToSasQueryParameters(new StorageSharedKeyCredential(account, key)).ToString();
        BlobClient blob = new(new Uri($"{container.Uri}/{server.Name("folder")}/a?{sas}"), Options());

        await blob.UploadAsync(BinaryData.FromString("content"), new BlobUploadOptions());

        Assert.Equal("content", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task VirtualHost_OfTheAccount_ReachesTheSameBlobs()
    {
        BlobContainerClient path = await server.Client.ContainerAsync();
        string key = (await server.Client.PostAsync("/datastores/workspaceblobstore/listSecrets")).Body["key"]!.GetValue<string>();
        string name = $"{server.Name("folder")}/a";
        BlobContainerClient host = new(
            new Uri($"https://{path.AccountName}.blob.core.windows.net/{path.Name}"),
            new StorageSharedKeyCredential(path.AccountName, key),
            Options());

        await host.GetBlobClient(name).UploadAsync(BinaryData.FromString("content"));

        Assert.Equal("content", (await path.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task OtherContainer_Any_IsNotFoundByName()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        BlobServiceClient service = container.GetParentBlobServiceClient();

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => service.GetBlobContainerClient("other").GetPropertiesAsync());

        Assert.Equal("ContainerNotFound", exception.ErrorCode);
        Assert.True(await container.ExistsAsync());
    }

    [Fact]
    public async Task Copy_OfABlob_IsANamedError()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();

        RequestFailedException exception = await Assert.ThrowsAsync<RequestFailedException>(() => container.GetBlobClient("b").StartCopyFromUriAsync(container.GetBlobClient("a").Uri));

        Assert.Equal(501, exception.Status);
        Assert.Equal("EmulatorNotSupported", exception.ErrorCode);
    }

    [Fact]
    public async Task Name_WithDotSegments_NeverLeavesTheModelsFolder()
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        string model = server.Name("model");
        string address = $"{container.Uri}/{model}/..%2F..%2Fescaped";
        using HttpRequestMessage request = new(HttpMethod.Put, new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Content = new ByteArrayContent(Bytes(3));
        using HttpResponseMessage put = await server.Emulator.Http.SendAsync(request);
        await container.GetBlobClient($"{model}/MLmodel").UploadAsync(BinaryData.FromString("flavors: {}"));
        await server.Client.PutAsync($"/models/{model}/versions/1", Bodies.Model(server.Client.DatastoreUri(model)));
        string endpoint = await server.EndpointAsync();

        var status = await server.Client.CompleteAsync(await server.Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(server.Client.ModelId(model, "1"))));

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("BadArgument", status["error"]!["code"]!.GetValue<string>());
        Assert.Contains("relative segment", status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(server.Emulator.DataFolder, "escaped")));
    }

    [Theory]
    [InlineData("x-ms-meta-name", "h\u00e4rt", "InvalidMetadata")]
    [InlineData("x-ms-blob-content-md5", "short", "InvalidMd5")]
    public async Task Upload_WithAHeaderThatCannotBeStored_IsRefused(string header, string value, string code)
    {
        BlobContainerClient container = await server.Client.ContainerAsync();
        string name = $"{server.Name("folder")}/a";
        using HttpClient client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        });
        using HttpRequestMessage request = new(HttpMethod.Put, new Uri($"{container.Uri}/{name}"));
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", server.Emulator.Token);
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.TryAddWithoutValidation(header, value);
        request.Content = new ByteArrayContent(Bytes(3));

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, response.Headers.GetValues("x-ms-error-code").Single());
        Assert.False(await container.GetBlobClient(name).ExistsAsync());
    }

    private BlobClientOptions Options() => new()
    {
        Transport = new HttpClientTransport(server.Emulator.CreateHttpClient(authorized: false)),
        Retry = { MaxRetries = 0 },
    };

    private static byte[] Bytes(int size)
    {
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static byte[] MD5Of(byte[] content)
    {
#pragma warning disable CA5351 // the storage protocol's checksum
        return MD5.HashData(content);
#pragma warning restore CA5351
    }
}
