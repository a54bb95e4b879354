using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class WorkspaceTests(EmulatorServer server)
{
    [Fact]
    public async Task Workspace_Get_HasWhatClientsNeed()
    {
        ControlPlaneAnswer answer = await server.Client.GetAsync(string.Empty);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(server.Client.Workspace, answer.Body["id"]!.GetValue<string>());
        Assert.Equal(server.Emulator.Connection.Location, answer.Body["location"]!.GetValue<string>());
        Assert.Equal("Succeeded", answer.Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.True(Guid.TryParse(answer.Body["properties"]!["workspaceId"]!.GetValue<string>(), out _));
    }

    [Fact]
    public async Task Workspace_PathInOtherCasing_IsFoundAndIdKeepsItsCasing()
    {
        string path = server.Client.Workspace.ToLowerInvariant() + "/DATASTORES/WorkspaceBlobStore?api-version=2022-10-01-preview";

        ControlPlaneAnswer answer = await server.Client.SendRawAsync(HttpMethod.Get, path, null);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal($"{server.Client.Workspace}/datastores/workspaceblobstore", answer.Body["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Workspaces_List_HasTheOne()
    {
        string group = server.Client.Workspace[..server.Client.Workspace.LastIndexOf('/')];

        ControlPlaneAnswer answer = await server.Client.SendRawAsync(HttpMethod.Get, $"{group}?api-version={ControlPlaneClient.ApiVersion}", null);

        Assert.Equal(server.Client.Workspace, Assert.Single(answer.Body["value"]!.AsArray())!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/subscriptions/11111111-1111-1111-1111-111111111111", "SubscriptionNotFound")]
    [InlineData("/resourceGroups/other", "ResourceGroupNotFound")]
    [InlineData("/workspaces/other", "ResourceNotFound")]
    public async Task Workspace_OfOtherScope_IsNotFoundByName(string segment, string code)
    {
        string[] parts = segment.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] path = server.Client.Workspace.Split('/');
        path[Array.IndexOf(path, parts[0]) + 1] = parts[1];

        ControlPlaneAnswer answer = await server.Client.SendRawAsync(HttpMethod.Get, $"{string.Join('/', path)}?api-version={ControlPlaneClient.ApiVersion}", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Contains(parts[1], answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Datastore_ListOfDefault_HasWhatClientsNeed()
    {
        ControlPlaneAnswer answer = await server.Client.GetAsync("/datastores?isDefault=true&count=30&orderByAsc=false");

        JsonNode datastore = Assert.Single(answer.Body["value"]!.AsArray())!;
        JsonNode properties = datastore["properties"]!;
        Assert.Equal("workspaceblobstore", datastore["name"]!.GetValue<string>());
        Assert.Equal("AzureBlob", properties["datastoreType"]!.GetValue<string>());
        Assert.StartsWith("azureml-blobstore-", properties["containerName"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("AccountKey", properties["credentials"]!["credentialsType"]!.GetValue<string>());
        Assert.Equal("core.windows.net", properties["endpoint"]!.GetValue<string>());
        Assert.True(properties["isDefault"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Datastore_ListSecrets_GivesTheKeyOnlyThere()
    {
        ControlPlaneAnswer secrets = await server.Client.PostAsync("/datastores/workspaceblobstore/listSecrets");
        ControlPlaneAnswer datastore = await server.Client.GetAsync("/datastores/workspaceblobstore");

        string key = secrets.Body["key"]!.GetValue<string>();
        Assert.Equal("AccountKey", secrets.Body["secretsType"]!.GetValue<string>());
        Assert.Equal(64, Convert.FromBase64String(key).Length);
        Assert.DoesNotContain(key, datastore.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/computes/a-cluster")]
    [InlineData("GET", "/jobs/a")]
    [InlineData("PUT", "/data/a/versions/1")]
    [InlineData("PUT", "/datastores/other")]
    public async Task UnsupportedOperation_Any_IsANamedErrorAndNever404(string method, string path)
    {
        ControlPlaneAnswer answer = await server.Client.SendAsync(new HttpMethod(method), path, null);

        Assert.Equal(HttpStatusCode.NotImplemented, answer.Status);
        Assert.Equal("EmulatorNotSupported", answer.ErrorCode);
        Assert.Contains("not supported by the emulator", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnsupportedOperation_OfARegistry_IsANamedError()
    {
        string group = server.Client.Workspace[..server.Client.Workspace.IndexOf("/workspaces/", StringComparison.Ordinal)];

        ControlPlaneAnswer answer = await server.Client.SendRawAsync(HttpMethod.Get, $"{group}/registries/emulator-registry/components/m?api-version=2024-10-01", null);

        Assert.Equal("EmulatorNotSupported", answer.ErrorCode);
        Assert.Contains("registries/emulator-registry", answer.ErrorMessage, StringComparison.Ordinal);
    }
}
