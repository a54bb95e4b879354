using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>Calls of the control plane by paths below the workspace, and the steps that many tests need first.</summary>
internal sealed class ControlPlaneClient(EmulatorProcess emulator)
{
    public const string ApiVersion = "2024-10-01";

    public EmulatorProcess Emulator { get; } = emulator;

    public string Workspace => Emulator.Connection.WorkspaceId;

    /// <summary>ARM id of the registry beside the workspace.</summary>
    public string Registry => $"{Workspace[..Workspace.IndexOf("/workspaces/", StringComparison.Ordinal)]}/registries/emulator-registry";

    public string ModelId(string name, string version) => $"{Workspace}/models/{name}/versions/{version}";

    public Task<ControlPlaneAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<ControlPlaneAnswer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body);

    public Task<ControlPlaneAnswer> PatchAsync(string path, JsonNode body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<ControlPlaneAnswer> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<ControlPlaneAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    /// <summary>Calls a path below the workspace.</summary>
    public Task<ControlPlaneAnswer> SendAsync(HttpMethod method, string path, JsonNode? body) =>
        SendRawAsync(method, $"{Workspace}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version={ApiVersion}", body);

    /// <summary>Calls an address as it is.</summary>
    public async Task<ControlPlaneAnswer> SendRawAsync(HttpMethod method, string address, JsonNode? body)
    {
        using HttpRequestMessage request = new(method, address);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await Emulator.Http.SendAsync(request);
        return new ControlPlaneAnswer(response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits for the operation that an answer started and gives its final status document.</summary>
    public async Task<JsonNode> CompleteAsync(ControlPlaneAnswer accepted)
    {
        return await CompleteAsync(accepted.Header("Azure-AsyncOperation") ?? throw new InvalidOperationException($"No operation was started: {accepted.Status} {accepted.Text}"));
    }

    /// <summary>Waits for an operation by its address, at this emulator's own port, and gives its final status document.</summary>
    public async Task<JsonNode> CompleteAsync(string operation)
    {
        string address = new Uri(operation).PathAndQuery;
        while (true)
        {
            ControlPlaneAnswer status = await SendRawAsync(HttpMethod.Get, address, null);
            Assert.Equal(HttpStatusCode.OK, status.Status);
            if (status.Body["status"]!.GetValue<string>() is "Succeeded" or "Failed" or "Canceled")
            {
                return status.Body;
            }
        }
    }

    public async Task SucceedAsync(ControlPlaneAnswer accepted)
    {
        JsonNode status = await CompleteAsync(accepted);
        Assert.True(status["status"]!.GetValue<string>() == "Succeeded", status.ToJsonString());
    }

    public async Task CreateEndpointAsync(string name, string authMode = "Key") =>
        await SucceedAsync(await PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint(authMode)));

    public async Task CreateDeploymentAsync(string endpoint, string name, string model, Action<JsonObject>? change = null)
    {
        JsonObject body = Bodies.Deployment(model);
        change?.Invoke(body);
        await SucceedAsync(await PutAsync($"/onlineEndpoints/{endpoint}/deployments/{name}", body));
    }

    public async Task SetTrafficAsync(string endpoint, params (string Deployment, int Weight)[] weights) =>
        await SucceedAsync(await PutTrafficAsync(endpoint, "traffic", weights));

    public async Task<ControlPlaneAnswer> PutTrafficAsync(string endpoint, string map, params (string Deployment, int Weight)[] weights)
    {
        JsonNode body = (await GetAsync($"/onlineEndpoints/{endpoint}")).Body;
        JsonObject traffic = [];
        foreach ((string deployment, int weight) in weights)
        {
            traffic[deployment] = weight;
        }

        body["properties"]![map] = traffic;
        return await PutAsync($"/onlineEndpoints/{endpoint}", body);
    }

    /// <summary>Sends the example's request to an endpoint, at the address that it gives, and names the deployment that answered it.</summary>
    public async Task<string> ScoreAsync(string endpoint, string? deployment = null)
    {
        JsonNode properties = (await GetAsync($"/onlineEndpoints/{endpoint}")).Body["properties"]!;
        string key = (await PostAsync($"/onlineEndpoints/{endpoint}/listKeys")).Body["primaryKey"]!.GetValue<string>();
        using HttpRequestMessage request = new(HttpMethod.Post, properties["scoringUri"]!.GetValue<string>())
        {
            Content = new StringContent(await File.ReadAllTextAsync(ExampleModels.SampleRequest), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (deployment is not null)
        {
            request.Headers.Add("azureml-model-deployment", deployment);
        }

        using HttpResponseMessage response = await Emulator.Http.SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} {answer}");
        Assert.NotEmpty(JsonNode.Parse(answer)!.AsArray());
        return response.Headers.GetValues("azureml-model-deployment").Single();
    }

    /// <summary>Uploads a model folder and registers it; gives the version's ARM id.</summary>
    public async Task<string> RegisterModelAsync(string name, string version, string folder)
    {
        string prefix = await UploadAsync(name, version, folder);
        ControlPlaneAnswer registered = await PutAsync($"/models/{name}/versions/{version}", Bodies.Model(DatastoreUri(prefix)));
        Assert.Equal(HttpStatusCode.Created, registered.Status);
        return registered.Body["id"]!.GetValue<string>();
    }

    /// <summary>Uploads a model folder and gives its place in the datastore.</summary>
    public async Task<string> UploadAsync(string name, string version, string folder)
    {
        BlobContainerClient container = await ContainerAsync();
        string prefix = $"LocalUpload/{name}-{version}/model";
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string blob = $"{prefix}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}";
            await container.GetBlobClient(blob).UploadAsync(file, new BlobUploadOptions());
        }

        return prefix;
    }

    public string DatastoreUri(string path)
    {
        EmulatorConnection connection = Emulator.Connection;
        return $"azureml://subscriptions/{connection.SubscriptionId}/resourcegroups/{connection.ResourceGroup}/workspaces/{connection.Workspace}/datastores/workspaceblobstore/paths/{path}";
    }

    /// <summary>The default datastore's container as the storage client sees it.</summary>
    public async Task<BlobContainerClient> ContainerAsync()
    {
        JsonNode datastore = (await GetAsync("/datastores?isDefault=true")).Body["value"]![0]!["properties"]!;
        string key = (await PostAsync("/datastores/workspaceblobstore/listSecrets")).Body["key"]!.GetValue<string>();
        Uri container = new($"{datastore["properties"]!["blobEndpoint"]!.GetValue<string>()}/{datastore["containerName"]!.GetValue<string>()}");
        return new BlobContainerClient(
            container,
            new StorageSharedKeyCredential(datastore["accountName"]!.GetValue<string>(), key),
            new BlobClientOptions { Transport = new HttpClientTransport(Emulator.CreateHttpClient(authorized: false)) });
    }
}
