using System.Net;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class RegistryTests(EmulatorServer server)
{
    private const string Name = "emulator-registry";

    private ControlPlaneClient Client => server.Client;

    private string Registry => Client.Registry;

    [Fact]
    public async Task Registry_GetAndList_AreTheOne()
    {
        JsonNode registry = (await GetAsync(string.Empty)).Body;
        string group = Registry[..Registry.LastIndexOf('/')];
        JsonArray list = (await Client.SendRawAsync(HttpMethod.Get, $"{group}?api-version=2024-10-01", null)).Body["value"]!.AsArray();

        Assert.Equal(Registry, registry["id"]!.GetValue<string>());
        Assert.Equal("Microsoft.MachineLearningServices/registries", registry["type"]!.GetValue<string>());
        Assert.NotNull(registry["properties"]!["regionDetails"]![0]!["storageAccountDetails"]![0]!["systemCreatedStorageAccount"]!["storageAccountName"]);
        Assert.Equal(Name, Assert.Single(list)!["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/models/m")]
    [InlineData("/models/m/versions/1")]
    public async Task Registry_OfAnotherName_IsNotFoundByName(string path)
    {
        ControlPlaneAnswer answer = await Client.SendRawAsync(HttpMethod.Get, $"{Registry}-two{path}?api-version=2024-10-01", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains($"{Name}-two", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"'{Name}'", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_PutAndDelete_AreOperationsOfTheRegistry()
    {
        string model = server.Name("model");

        ControlPlaneAnswer put = await SendAsync(HttpMethod.Put, $"/models/{model}/versions/1", Bodies.Model("https://elsewhere/x"));
        JsonNode status = await Client.CompleteAsync(put);
        JsonNode version = (await GetAsync($"/models/{model}/versions/1")).Body;
        JsonNode container = (await GetAsync($"/models/{model}")).Body;
        ControlPlaneAnswer deleted = await SendAsync(HttpMethod.Delete, $"/models/{model}/versions/1", null);
        await Client.SucceedAsync(deleted);

        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.Equal("Creating", put.Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Contains("/registryOperationsStatus/", put.Header("Azure-AsyncOperation"), StringComparison.Ordinal);
        Assert.Equal("PT30M", put.Header("x-ms-async-operation-timeout"));
        Assert.Equal("Succeeded", status["status"]!.GetValue<string>());
        Assert.Contains("/registryOperationsStatus/", status["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal($"{Registry}/models/{model}/versions/1", version["id"]!.GetValue<string>());
        Assert.Equal("Microsoft.MachineLearningServices/registries/models/versions", version["type"]!.GetValue<string>());
        Assert.Equal("Succeeded", version["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Equal("2", container["properties"]!["nextVersion"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Accepted, deleted.Status);
        Assert.Contains("/registryOperationResults/", deleted.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/models/{model}/versions/1")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"/models/{model}/versions/1", null)).Status);
    }

    [Fact]
    public async Task Container_PutListAndDelete_TakeItsVersionsAlong()
    {
        string model = server.Name("model");
        JsonObject body = new() { ["properties"] = new JsonObject { ["description"] = "shared", ["tags"] = new JsonObject { ["a"] = "b" } } };

        await Client.SucceedAsync(await SendAsync(HttpMethod.Put, $"/models/{model}", body));
        await PutModelAsync(model, "1", "https://elsewhere/x");
        await PutModelAsync(model, "2", "https://elsewhere/x");
        List<string> versions = [.. (await GetAsync($"/models/{model}/versions?$orderBy=createdtime desc&$top=1")).Body["value"]!.AsArray().Select(version => version!["name"]!.GetValue<string>())];
        List<string> models = [.. (await GetAsync("/models?count=1000")).Body["value"]!.AsArray().Select(container => container!["name"]!.GetValue<string>())];
        await Client.SucceedAsync(await SendAsync(HttpMethod.Delete, $"/models/{model}", null));

        Assert.Equal(["2"], versions);
        Assert.Contains(model, models);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/models/{model}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/models/{model}/versions/2")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/models/{model}")).Status);
    }

    [Fact]
    public async Task EnvironmentsAndCode_OfTheRegistry_AreStoredLikeThoseOfAWorkspace()
    {
        string name = server.Name("asset");

        await Client.SucceedAsync(await SendAsync(HttpMethod.Put, $"/environments/{name}/versions/1", Bodies.Environment("image:1")));
        await Client.SucceedAsync(await SendAsync(HttpMethod.Put, $"/codes/{name}/versions/1", Bodies.Code("https://elsewhere/x")));
        JsonNode environment = (await GetAsync($"/environments/{name}/versions/1")).Body;
        JsonNode code = (await GetAsync($"/codes/{name}/versions/1")).Body;

        Assert.Equal("Linux", environment["properties"]!["osType"]!.GetValue<string>());
        Assert.Equal($"{Registry}/codes/{name}/versions/1", code["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Put_WhileAnOperationRuns_IsAConflictAndAFailureShowsItself()
    {
        string model = server.Name("model");
        ControlPlaneAnswer stuck;
        ControlPlaneAnswer second;
        await using (FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/models/{model}/versions/1")))
        {
            stuck = await SendAsync(HttpMethod.Put, $"/models/{model}/versions/1", Bodies.Model("https://elsewhere/x"));
            second = await SendAsync(HttpMethod.Put, $"/models/{model}/versions/1", Bodies.Model("https://elsewhere/x"));
        }

        await Client.SucceedAsync(stuck);
        await using (FaultScope faults = await FaultScope.SetAsync(
            Client, Faults.Of("FailOperation", "PUT", $"*/models/{model}/versions/2", fault => fault["code"] = "ModelRegistryError")))
        {
            JsonNode failed = await Client.CompleteAsync(await SendAsync(HttpMethod.Put, $"/models/{model}/versions/2", Bodies.Model("https://elsewhere/x")));
            Assert.Equal("ModelRegistryError", failed["error"]!["code"]!.GetValue<string>());
        }

        Assert.Equal(HttpStatusCode.Conflict, second.Status);
        Assert.Equal("Failed", (await GetAsync($"/models/{model}/versions/2")).Body["properties"]!["provisioningState"]!.GetValue<string>());
    }

    [Fact]
    public async Task PendingUpload_OfANewVersion_CanBeRegisteredAndServed()
    {
        string model = server.Name("model");
        JsonNode upload = (await SendAsync(HttpMethod.Post, $"/models/{model}/versions/1/startPendingUpload", new JsonObject())).Body["blobReferenceForConsumption"]!;
        BlobContainerClient container = Container(upload["credential"]!["sasUri"]!.GetValue<string>());
        foreach (string file in Directory.EnumerateFiles(ExampleModels.V1, "*", SearchOption.AllDirectories))
        {
            await container.GetBlobClient(Path.GetRelativePath(ExampleModels.V1, file).Replace('\\', '/')).UploadAsync(file);
        }

        await PutModelAsync(model, "1", upload["blobUri"]!.GetValue<string>());
        ControlPlaneAnswer again = await SendAsync(HttpMethod.Post, $"/models/{model}/versions/1/startPendingUpload", new JsonObject());
        string endpoint = await server.EndpointAsync();
        await Client.CreateDeploymentAsync(endpoint, "blue", $"azureml://registries/{Name}/models/{model}/versions/1");

        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Equal("blue", await Client.ScoreAsync(endpoint, "blue"));
    }

    [Fact]
    public async Task Publish_OfAModel_CopiesItSoThatItIsServedWithoutTheFirst()
    {
        string name = server.Name("model");
        string shared = server.Name("shared");
        string first = await Client.RegisterModelAsync(name, "7", ExampleModels.V1);
        JsonObject tagged = (await Client.GetAsync($"/models/{name}/versions/7")).Body.AsObject();
        tagged["properties"]!["tags"] = new JsonObject { ["team"] = "a" };
        tagged["properties"]!["flavors"] = new JsonObject { ["onnx"] = new JsonObject { ["data"] = new JsonObject { ["onnx_version"] = "1" } } };
        await Client.PutAsync($"/models/{name}/versions/7", tagged);

        ControlPlaneAnswer published = await PublishAsync(name, "7", shared, "3");
        await Client.SucceedAsync(published);
        ControlPlaneAnswer twice = await PublishAsync(name, "7", shared, "3");
        JsonNode version = (await GetAsync($"/models/{shared}/versions/3")).Body["properties"]!;
        Assert.Equal(HttpStatusCode.OK, (await Client.DeleteAsync($"/models/{name}")).Status);
        await foreach (BlobItem blob in (await Client.ContainerAsync()).GetBlobsAsync(BlobTraits.None, BlobStates.None, $"LocalUpload/{name}-7/", default))
        {
            await (await Client.ContainerAsync()).DeleteBlobAsync(blob.Name);
        }

        string endpoint = await server.EndpointAsync();
        await Client.CreateDeploymentAsync(endpoint, "blue", $"azureml://registries/{Name}/models/{shared}/versions/3");
        ControlPlaneAnswer used = await SendAsync(HttpMethod.Delete, $"/models/{shared}/versions/3", null);

        Assert.Equal(HttpStatusCode.Accepted, published.Status);
        Assert.NotNull(published.Header("Location"));
        Assert.Equal(HttpStatusCode.Conflict, twice.Status);
        Assert.Equal("a", version["tags"]!["team"]!.GetValue<string>());
        Assert.Equal("1", version["flavors"]!["onnx"]!["data"]!["onnx_version"]!.GetValue<string>());
        Assert.Equal("mlflow_model", version["modelType"]!.GetValue<string>());
        Assert.StartsWith("https://", version["modelUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.EndsWith("/model", version["modelUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("blue", await Client.ScoreAsync(endpoint, "blue"));
        Assert.Equal(HttpStatusCode.Conflict, used.Status);
        Assert.Contains($"{endpoint}/blue", used.ErrorMessage, StringComparison.Ordinal);
        Assert.NotEmpty(first);
    }

    [Fact]
    public async Task Publish_ThatCannotBe_SaysWhyAndLeavesNothing()
    {
        string name = server.Name("model");
        await Client.PutAsync($"/models/{name}/versions/1", Bodies.Model(Client.DatastoreUri("nothing/here")));

        ControlPlaneAnswer elsewhere = await Client.PostAsync($"/models/{name}/versions/1/publish", new JsonObject { ["registryName"] = "another" });
        ControlPlaneAnswer unnamed = await Client.PostAsync($"/models/{name}/versions/1/publish", new JsonObject());
        ControlPlaneAnswer absent = await PublishAsync(name, "2", name, "1");
        JsonNode empty = await Client.CompleteAsync(await PublishAsync(name, "1", name, "1"));

        Assert.Equal(HttpStatusCode.NotFound, elsewhere.Status);
        Assert.Contains("'registryName' is missing", unnamed.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, absent.Status);
        Assert.Equal("ResourceNotFound", empty["error"]!["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/models/{name}/versions/1")).Status);
    }

    [Fact]
    public async Task DataReference_OfAPublishedModel_OpensItsFilesForReadingAlone()
    {
        string name = server.Name("model");
        await Client.RegisterModelAsync(name, "1", ExampleModels.V1);
        await Client.SucceedAsync(await PublishAsync(name, "1", name, "1"));
        string uri = (await GetAsync($"/models/{name}/versions/1")).Body["properties"]!["modelUri"]!.GetValue<string>();
        JsonObject asked = new() { ["assetId"] = $"azureml://registries/{Name}/models/{name}/versions/1", ["blobUri"] = uri };

        JsonNode reference = (await SendAsync(HttpMethod.Post, $"/datareferences/{name}/versions/1", asked)).Body["blobReferenceForConsumption"]!;
        BlobContainerClient container = Container(reference["credential"]!["sasUri"]!.GetValue<string>());
        asked["blobUri"] = "https://elsewhere/x";
        ControlPlaneAnswer other = await SendAsync(HttpMethod.Post, $"/datareferences/{name}/versions/1", asked);

        Assert.Contains("flavors", (await container.GetBlobClient("model/MLmodel").DownloadContentAsync()).Value.Content.ToString(), StringComparison.Ordinal);
        Assert.Equal(403, (await Assert.ThrowsAsync<RequestFailedException>(() => container.GetBlobClient("model/MLmodel").UploadAsync(BinaryData.FromString("x"), overwrite: true))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
    }

    [Fact]
    public async Task Deployment_OfAModelThatTheRegistryHasNot_IsRefusedAndOfAnotherRegistryFails()
    {
        string endpoint = await server.EndpointAsync();

        ControlPlaneAnswer here = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment($"azureml://registries/{Name}/models/absent/versions/1"));
        JsonNode elsewhere = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment("azureml://registries/azureml/models/m/versions/1")));

        Assert.Contains($"registry '{Name}'", here.ValidationErrors["Model"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ResourceNotFound", elsewhere["error"]!["code"]!.GetValue<string>());
        Assert.Contains("registry 'azureml'", elsewhere["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_InTheMiddleOfWhichTheEmulatorIsKilled_AreFinishedByTheNext()
    {
        using TemporaryFolder folder = new();
        string published;
        string packaged;
        await using (EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = folder["data"], OperationDelay = "30s", Arguments = ["--registry", "mine"] }))
        {
            ControlPlaneClient client = new(first);
            await client.RegisterModelAsync("heart", "1", ExampleModels.V1);
            published = (await client.PostAsync("/models/heart/versions/1/publish", new JsonObject { ["registryName"] = "mine" })).Header("Location")!;
            packaged = (await client.PostAsync("/models/heart/versions/1/package", JsonNode.Parse("""{"targetEnvironmentName":"packaged-env","inferencingServer":{"serverType":"AzureMLOnline"}}"""))).Header("Location")!;
            Assert.Equal("mine", JsonNode.Parse(await File.ReadAllTextAsync(first.ConnectionFile))!["registry"]!.GetValue<string>());
            await first.KillAsync();
        }

        await using EmulatorProcess second = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = folder["data"] });
        ControlPlaneClient after = new(second);
        await after.CompleteAsync(published.Replace("mfeOperationResults", "mfeOperationsStatus", StringComparison.Ordinal));
        await after.CompleteAsync(packaged.Replace("mfeOperationResults", "mfeOperationsStatus", StringComparison.Ordinal));
        ControlPlaneAnswer version = await after.SendRawAsync(HttpMethod.Get, $"{after.Registry.Replace(Name, "mine", StringComparison.Ordinal)}/models/heart/versions/1?api-version=2024-10-01", null);
        ControlPlaneAnswer environment = await after.GetAsync("/environments/packaged-env/versions/1");

        Assert.Equal("Succeeded", version.Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Equal("Succeeded", environment.Body["properties"]!["provisioningState"]!.GetValue<string>());
    }

    private Task<ControlPlaneAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    private Task<ControlPlaneAnswer> SendAsync(HttpMethod method, string path, JsonNode? body) =>
        Client.SendRawAsync(method, $"{Registry}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version={ControlPlaneClient.ApiVersion}", body);

    private async Task PutModelAsync(string name, string version, string uri) =>
        await Client.SucceedAsync(await SendAsync(HttpMethod.Put, $"/models/{name}/versions/{version}", Bodies.Model(uri)));

    private Task<ControlPlaneAnswer> PublishAsync(string name, string version, string toName, string toVersion) =>
        Client.PostAsync($"/models/{name}/versions/{version}/publish", new JsonObject { ["registryName"] = Name, ["destinationName"] = toName, ["destinationVersion"] = toVersion });

    private BlobContainerClient Container(string address) =>
        new(new Uri(address), new BlobClientOptions { Transport = new HttpClientTransport(server.Emulator.CreateHttpClient(authorized: false)), Retry = { MaxRetries = 0 } });
}
