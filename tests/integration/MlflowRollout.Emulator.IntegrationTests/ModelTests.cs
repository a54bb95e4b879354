using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class ModelTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Version_PutOfNewName_MakesContainerAndCounts()
    {
        string name = server.Name("model");

        ControlPlaneAnswer before = await Client.GetAsync($"/models/{name}");
        await PutAsync(name, "1");
        ControlPlaneAnswer second = await PutAsync(name, "2");
        ControlPlaneAnswer container = await Client.GetAsync($"/models/{name}");

        Assert.Equal(HttpStatusCode.NotFound, before.Status);
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(Client.ModelId(name, "2"), second.Body["id"]!.GetValue<string>());
        Assert.Equal("2", container.Body["properties"]!["latestVersion"]!.GetValue<string>());
        Assert.Equal("3", container.Body["properties"]!["nextVersion"]!.GetValue<string>());
    }

    [Fact]
    public async Task Version_Get_HasWhatClientsNeed()
    {
        string name = server.Name("model");
        JsonObject body = Body(name);
        body["properties"]!["tags"] = new JsonObject { ["team"] = "a" };
        body["properties"]!["flavors"] = new JsonObject { ["python_function"] = new JsonObject { ["data"] = new JsonObject { ["loader_module"] = "mlflow.sklearn" } } };
        body["properties"]!["futureMember"] = new JsonObject { ["kept"] = true };
        await Client.PutAsync($"/models/{name}/versions/v-1", body);

        JsonNode version = (await Client.GetAsync($"/models/{name}/versions/v-1")).Body;

        Assert.Equal("v-1", version["name"]!.GetValue<string>());
        Assert.Equal("mlflow_model", version["properties"]!["modelType"]!.GetValue<string>());
        Assert.Equal("a", version["properties"]!["tags"]!["team"]!.GetValue<string>());
        Assert.Equal("mlflow.sklearn", version["properties"]!["flavors"]!["python_function"]!["data"]!["loader_module"]!.GetValue<string>());
        Assert.True(version["properties"]!["futureMember"]!["kept"]!.GetValue<bool>());
        Assert.NotNull(version["systemData"]!["createdAt"]);
    }

    [Fact]
    public async Task Version_WithoutFlavors_HasAnEmptyMapAndNotNull()
    {
        string name = server.Name("model");

        ControlPlaneAnswer answer = await PutAsync(name, "1");

        Assert.Empty(answer.Body["properties"]!["flavors"]!.AsObject());
    }

    [Fact]
    public async Task Versions_OrderByCreatedDescendingTopOne_IsTheNewest()
    {
        string name = server.Name("model");
        await PutAsync(name, "10");
        await PutAsync(name, "9");

        ControlPlaneAnswer answer = await Client.GetAsync($"/models/{name}/versions?$orderBy=createdtime desc&$top=1");

        Assert.Equal("9", Assert.Single(answer.Body["value"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Versions_InPages_AreAllThereOnce()
    {
        string name = server.Name("model");
        for (int version = 1; version <= 7; version++)
        {
            await PutAsync(name, $"{version}");
        }

        List<string> seen = [];
        ControlPlaneAnswer page = await Client.GetAsync($"/models/{name}/versions?$top=3&$orderBy=createdtime asc&listViewType=All");
        int pages = 1;
        while (true)
        {
            seen.AddRange(page.Body["value"]!.AsArray().Select(version => version!["name"]!.GetValue<string>()));
            if (page.Body["nextLink"] is not { } next)
            {
                break;
            }

            Assert.StartsWith(Client.Emulator.ArmEndpoint.ToString(), next.GetValue<string>(), StringComparison.Ordinal);
            page = await Client.SendRawAsync(HttpMethod.Get, next.GetValue<string>(), null);
            pages++;
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Versions_WithForeignSkip_Are400()
    {
        string name = server.Name("model");
        await PutAsync(name, "1");

        ControlPlaneAnswer answer = await Client.GetAsync($"/models/{name}/versions?$skip=3");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Version_Archived_IsOnlyInItsView()
    {
        string name = server.Name("model");
        await PutAsync(name, "1");
        await PutAsync(name, "2");
        JsonObject archived = Body(name);
        archived["properties"]!["isArchived"] = true;

        ControlPlaneAnswer answer = await Client.PutAsync($"/models/{name}/versions/1", archived);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["2"], await NamesAsync($"/models/{name}/versions"));
        Assert.Equal(["1"], await NamesAsync($"/models/{name}/versions?listViewType=ArchivedOnly"));
        Assert.Equal(["2", "1"], await NamesAsync($"/models/{name}/versions?listViewType=All"));
    }

    [Fact]
    public async Task Version_PutWithOtherUri_IsConflict()
    {
        string name = server.Name("model");
        await PutAsync(name, "1");

        ControlPlaneAnswer answer = await Client.PutAsync($"/models/{name}/versions/1", Bodies.Model(Client.DatastoreUri("elsewhere")));

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains(name, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_PropertiesOnceSet_CanBeAddedButNotChanged()
    {
        string name = server.Name("model");
        JsonObject first = Body(name);
        first["properties"]!["properties"] = new JsonObject { ["hash"] = "a" };
        await Client.PutAsync($"/models/{name}/versions/1", first);
        JsonObject added = Body(name);
        added["properties"]!["properties"] = new JsonObject { ["more"] = "b" };
        JsonObject changed = Body(name);
        changed["properties"]!["properties"] = new JsonObject { ["hash"] = "c" };

        ControlPlaneAnswer afterAdding = await Client.PutAsync($"/models/{name}/versions/1", added);
        ControlPlaneAnswer afterChanging = await Client.PutAsync($"/models/{name}/versions/1", changed);

        Assert.Equal("a", afterAdding.Body["properties"]!["properties"]!["hash"]!.GetValue<string>());
        Assert.Equal("b", afterAdding.Body["properties"]!["properties"]!["more"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, afterChanging.Status);
    }

    [Fact]
    public async Task Version_Deleted_ItsNumberIsNotGivenAgain()
    {
        string name = server.Name("model");
        await PutAsync(name, "1");
        await PutAsync(name, "2");

        ControlPlaneAnswer deleted = await Client.DeleteAsync($"/models/{name}/versions/2");
        ControlPlaneAnswer again = await Client.DeleteAsync($"/models/{name}/versions/2");
        ControlPlaneAnswer container = await Client.GetAsync($"/models/{name}");

        Assert.Equal(HttpStatusCode.OK, deleted.Status);
        Assert.Equal(HttpStatusCode.NoContent, again.Status);
        Assert.Equal("1", container.Body["properties"]!["latestVersion"]!.GetValue<string>());
        Assert.Equal("3", container.Body["properties"]!["nextVersion"]!.GetValue<string>());
    }

    [Fact]
    public async Task Model_UsedByADeployment_CannotBeDeleted()
    {
        string endpoint = await server.EndpointAsync("blue");

        ControlPlaneAnswer version = await Client.DeleteAsync("/models/heart-shared/versions/1");
        ControlPlaneAnswer container = await Client.DeleteAsync("/models/heart-shared");

        Assert.Equal(HttpStatusCode.Conflict, version.Status);
        Assert.Contains($"{endpoint}/blue", version.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, container.Status);
    }

    [Fact]
    public async Task Models_WithNamesThatDifferInCase_AreTwo()
    {
        string name = server.Name("model");
        await PutAsync(name, "1");

        ControlPlaneAnswer answer = await Client.GetAsync($"/models/{name.ToUpperInvariant()}");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Theory]
    [InlineData("has%20blank")]
    [InlineData("-first")]
    [InlineData("..%5Cup")]
    public async Task Model_WithBadName_IsRefused(string name)
    {
        ControlPlaneAnswer answer = await Client.PutAsync($"/models/{name}/versions/1", Bodies.Model(Client.DatastoreUri("x")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"properties\":{\"modelUri\":7}}")]
    [InlineData("{\"properties\":{}}")]
    [InlineData("{}")]
    [InlineData("{\"properties\":{\"modelUri\":\"a\",\"modelUri\":\"b\"}}")]
    public async Task Version_WithBadBody_IsRefusedAndNothingStored(string body)
    {
        string name = server.Name("model");
        using HttpRequestMessage request = new(HttpMethod.Put, $"{Client.Workspace}/models/{name}/versions/1?api-version=2024-10-01");
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await server.Emulator.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/models/{name}")).Status);
    }

    private Task<ControlPlaneAnswer> PutAsync(string name, string version) => Client.PutAsync($"/models/{name}/versions/{version}", Body(name));

    private JsonObject Body(string name) => Bodies.Model(Client.DatastoreUri($"LocalUpload/{name}"));

    private async Task<string[]> NamesAsync(string path) =>
        [.. (await Client.GetAsync(path)).Body["value"]!.AsArray().Select(version => version!["name"]!.GetValue<string>())];
}
