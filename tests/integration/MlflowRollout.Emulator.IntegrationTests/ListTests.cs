using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

/// <summary>Filters, orders and pages of lists.</summary>
[Collection(EmulatorCollection.Name)]
public sealed class ListTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Endpoints_Filters_PickByNameTagsPropertiesAndComputeType()
    {
        string mark = server.Name("mark");
        string first = await EndpointAsync(mark, "one");
        string second = await EndpointAsync(mark, "two");

        Assert.Equal([first], await NamesAsync($"/onlineEndpoints?name={first}"));
        Assert.Equal([first, second], await NamesAsync($"/onlineEndpoints?tags={mark}"));
        Assert.Equal([second], await NamesAsync($"/onlineEndpoints?tags={mark},kind%3Dtwo"));
        Assert.Equal([first, second], await NamesAsync($"/onlineEndpoints?properties=owner%3D{mark}"));
        Assert.Empty(await NamesAsync($"/onlineEndpoints?tags={mark}%3Dother"));
        Assert.Equal([first, second], await NamesAsync($"/onlineEndpoints?tags={mark}&computeType=Managed"));
        Assert.Empty(await NamesAsync($"/onlineEndpoints?tags={mark}&computeType=Kubernetes"));
    }

    [Fact]
    public async Task Endpoints_Order_IsByCreationOrUpdate()
    {
        string mark = server.Name("mark");
        string first = await EndpointAsync(mark, "one");
        string second = await EndpointAsync(mark, "two");
        await Client.SucceedAsync(await Client.PatchAsync($"/onlineEndpoints/{first}", new JsonObject { ["tags"] = new JsonObject { ["changed"] = "yes" } }));

        Assert.Equal([second, first], await NamesAsync($"/onlineEndpoints?tags={mark}&orderBy=CreatedAtDesc"));
        Assert.Equal([first, second], await NamesAsync($"/onlineEndpoints?tags={mark}&orderBy=CreatedAtAsc"));
        Assert.Equal([first, second], await NamesAsync($"/onlineEndpoints?tags={mark}&orderBy=UpdatedAtDesc"));
        Assert.Equal([second, first], await NamesAsync($"/onlineEndpoints?tags={mark}&orderBy=UpdatedAtAsc"));
        Assert.Equal("InvalidRequestContent", (await Client.GetAsync("/onlineEndpoints?orderBy=Name")).ErrorCode);
    }

    [Fact]
    public async Task Endpoints_Pages_AreFollowedByAnAbsoluteLink()
    {
        string mark = server.Name("mark");
        string[] made = [await EndpointAsync(mark, "one"), await EndpointAsync(mark, "two"), await EndpointAsync(mark, "three")];

        ControlPlaneAnswer page = await Client.GetAsync($"/onlineEndpoints?tags={mark}&count=2");
        string next = page.Body["nextLink"]!.GetValue<string>();
        ControlPlaneAnswer last = await Client.SendRawAsync(HttpMethod.Get, next, null);

        Assert.StartsWith(Client.Emulator.ArmEndpoint.AbsoluteUri, next, StringComparison.Ordinal);
        Assert.Contains("%24skip=", next.Replace("$skip=", "%24skip=", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("api-version=", next, StringComparison.Ordinal);
        Assert.Equal(made, Names(page).Concat(Names(last)));
        Assert.Null(last.Body["nextLink"]);
    }

    [Fact]
    public async Task Deployments_OrderAndTop_AreFollowed()
    {
        string endpoint = await server.EndpointAsync("blue", "green");

        ControlPlaneAnswer newest = await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments?$orderBy=CreatedAtDesc&$top=1");

        Assert.Equal(["green"], Names(newest));
        Assert.Equal(["blue"], Names(await Client.SendRawAsync(HttpMethod.Get, newest.Body["nextLink"]!.GetValue<string>(), null)));
        Assert.Equal("InvalidRequestContent", (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments?$orderBy=Name")).ErrorCode);
    }

    [Fact]
    public async Task Datastores_AreTheFourOfEachWorkspace()
    {
        string[] all = ["workspaceblobstore", "workspaceartifactstore", "workspacefilestore", "workspaceworkingdirectory"];

        JsonNode files = (await Client.GetAsync("/datastores/workspacefilestore")).Body["properties"]!;

        Assert.Equal(all, await NamesAsync("/datastores"));
        Assert.Equal(all[..1], await NamesAsync("/datastores?isDefault=true"));
        Assert.Equal(all[1..], await NamesAsync("/datastores?isDefault=false"));
        Assert.Equal([all[0], all[2]], await NamesAsync("/datastores?names=workspaceblobstore,workspacefilestore"));
        Assert.Equal([all[1]], await NamesAsync("/datastores?searchText=artifact"));
        Assert.Equal(all[..2], await NamesAsync("/datastores?count=2"));
        Assert.Equal(("AzureFile", false), (files["datastoreType"]!.GetValue<string>(), files["isDefault"]!.GetValue<bool>()));
        Assert.NotEmpty(files["fileShareName"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync("/datastores/other")).Status);
    }

    [Fact]
    public async Task DatastoreSecrets_AreTheKeyOrASignatureThatExpires()
    {
        JsonNode key = (await Client.PostAsync("/datastores/workspacefilestore/listSecrets", new JsonObject())).Body;
        JsonNode signature = (await Client.PostAsync("/datastores/workspaceblobstore/listSecrets", new JsonObject { ["expirableSecret"] = true, ["expireAfterHours"] = 2 })).Body;
        ControlPlaneAnswer forever = await Client.PostAsync("/datastores/workspaceblobstore/listSecrets", new JsonObject { ["expirableSecret"] = true, ["expireAfterHours"] = 10_000 });

        Assert.Equal("AccountKey", key["secretsType"]!.GetValue<string>());
        Assert.NotEmpty(key["key"]!.GetValue<string>());
        Assert.Equal("Sas", signature["secretsType"]!.GetValue<string>());
        Assert.Null(signature["key"]);
        Assert.Equal(HttpStatusCode.BadRequest, forever.Status);
        JsonNode store = (await Client.GetAsync("/datastores/workspaceblobstore")).Body["properties"]!;
        using HttpClient http = Client.Emulator.CreateHttpClient(authorized: false);
        using HttpResponseMessage list = await http.GetAsync(
            $"{store["properties"]!["blobEndpoint"]}/{store["containerName"]}?restype=container&comp=list&{signature["sasToken"]!.GetValue<string>()}");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    private async Task<string> EndpointAsync(string mark, string kind)
    {
        string name = server.Name("listed");
        JsonObject body = Bodies.Endpoint();
        body["tags"] = new JsonObject { [mark] = "yes", ["kind"] = kind };
        body["properties"]!["properties"] = new JsonObject { ["owner"] = mark };
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{name}", body));
        return name;
    }

    private async Task<string[]> NamesAsync(string path) => Names(await Client.GetAsync(path));

    private static string[] Names(ControlPlaneAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Body["value"]!.AsArray().Select(item => item!["name"]!.GetValue<string>())];
    }
}
