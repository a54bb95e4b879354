using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class EnvironmentTests(EmulatorServer server)
{
    private const string Image = "mcr.example/azureml/base:20260101.v1";

    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Version_PutOfNewName_MakesContainerAndCounts()
    {
        string name = server.Name("env");

        ControlPlaneAnswer before = await Client.GetAsync($"/environments/{name}");
        ControlPlaneAnswer first = await Client.PutAsync($"/environments/{name}/versions/4", Bodies.Environment(Image));
        ControlPlaneAnswer again = await Client.PutAsync($"/environments/{name}/versions/4", Bodies.Environment(Image));
        JsonNode container = (await Client.GetAsync($"/environments/{name}")).Body;

        Assert.Equal(HttpStatusCode.NotFound, before.Status);
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal($"{Client.Workspace}/environments/{name}/versions/4", first.Body["id"]!.GetValue<string>());
        Assert.Equal("Microsoft.MachineLearningServices/workspaces/environments/versions", first.Body["type"]!.GetValue<string>());
        Assert.Equal("4", container["properties"]!["latestVersion"]!.GetValue<string>());
        Assert.Equal("5", container["properties"]!["nextVersion"]!.GetValue<string>());
        Assert.Equal("Microsoft.MachineLearningServices/workspaces/environments", container["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Version_OfAnImage_HasTheDefaultsOfTheService()
    {
        JsonObject body = Bodies.Environment(Image);
        body["properties"]!["environmentType"] = "Curated";
        body["properties"]!["provisioningState"] = "Failed";

        JsonNode properties = (await Client.PutAsync($"/environments/{server.Name("env")}/versions/1", body)).Body["properties"]!;

        Assert.Equal(Image, properties["image"]!.GetValue<string>());
        Assert.Equal("Linux", properties["osType"]!.GetValue<string>());
        Assert.Equal("Disabled", properties["autoRebuild"]!.GetValue<string>());
        Assert.Equal("UserCreated", properties["environmentType"]!.GetValue<string>());
        Assert.Equal("Succeeded", properties["provisioningState"]!.GetValue<string>());
        Assert.False(properties["isAnonymous"]!.GetValue<bool>());
        Assert.False(properties["isArchived"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Version_WithACondaFileOfYaml_GivesItBackAsJsonText()
    {
        string name = server.Name("env");
        JsonObject body = Bodies.Environment(Image);
        body["properties"]!["condaFile"] = "name: heart\nchannels:\n- conda-forge\ndependencies:\n- python=3.10\n- pip:\n  - mlflow==2.1\n  - 'quoted: text'\nfactor: 1.5\n";

        ControlPlaneAnswer put = await Client.PutAsync($"/environments/{name}/versions/1", body);
        string text = (await Client.GetAsync($"/environments/{name}/versions/1")).Body["properties"]!["condaFile"]!.GetValue<string>();
        JsonObject json = Bodies.Environment(Image);
        json["properties"]!["condaFile"] = text;
        ControlPlaneAnswer sameAsJson = await Client.PutAsync($"/environments/{name}/versions/1", json);

        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"name":"heart","channels":["conda-forge"],"dependencies":["python=3.10",{"pip":["mlflow==2.1","quoted: text"]}],"factor":1.5}"""),
            JsonNode.Parse(text)));
        Assert.Equal(HttpStatusCode.OK, sameAsJson.Status);
    }

    [Fact]
    public async Task Version_OfABuildContext_KeepsItAndFillsTheDockerfile()
    {
        JsonObject body = new()
        {
            ["properties"] = new JsonObject
            {
                ["build"] = new JsonObject { ["contextUri"] = Client.DatastoreUri("LocalUpload/context/") },
                ["inferenceConfig"] = new JsonObject
                {
                    ["livenessRoute"] = new JsonObject { ["path"] = "/", ["port"] = 5001 },
                    ["scoringRoute"] = new JsonObject { ["path"] = "/score", ["port"] = 5001 },
                },
                ["stage"] = "Production",
                ["tags"] = new JsonObject { ["team"] = "a" },
            },
        };

        JsonNode properties = (await Client.PutAsync($"/environments/{server.Name("env")}/versions/1", body)).Body["properties"]!;

        Assert.Equal("Dockerfile", properties["build"]!["dockerfilePath"]!.GetValue<string>());
        Assert.EndsWith("LocalUpload/context/", properties["build"]!["contextUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(5001, properties["inferenceConfig"]!["scoringRoute"]!["port"]!.GetValue<int>());
        Assert.Equal("Production", properties["stage"]!.GetValue<string>());
        Assert.Equal("a", properties["tags"]!["team"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{}""", "Image")]
    [InlineData("""{"image":"a","build":{"contextUri":"b"}}""", "Build")]
    [InlineData("""{"condaFile":"name: a","build":{"contextUri":"b"}}""", "Build")]
    [InlineData("""{"image":"a","osType":"Plan9"}""", "OsType")]
    [InlineData("""{"image":"a","autoRebuild":"Daily"}""", "AutoRebuild")]
    public async Task Version_ThatContradictsItself_IsRefusedByField(string properties, string field)
    {
        ControlPlaneAnswer answer = await Client.PutAsync($"/environments/{server.Name("env")}/versions/1", new JsonObject { ["properties"] = JsonNode.Parse(properties) });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.ValidationErrors[field]!.AsArray());
    }

    [Theory]
    [InlineData("""{"image":"a","condaFile":"- a\n- b"}""", "properties.condaFile")]
    [InlineData("""{"image":"a","condaFile":"name: [a"}""", "properties.condaFile")]
    [InlineData("""{"build":{"dockerfilePath":"Dockerfile"}}""", "properties.build.contextUri")]
    [InlineData("""{"image":"a","inferenceConfig":{"scoringRoute":{"path":"/score"}}}""", "properties.inferenceConfig.scoringRoute")]
    [InlineData("""{"image":"a","inferenceConfig":{"scoringRoute":{"path":"/score","port":70000}}}""", "properties.inferenceConfig.scoringRoute.port")]
    [InlineData("""{"image":1}""", "properties.image")]
    public async Task Version_WithAMemberThatCannotBeRead_IsRefusedByItsPath(string properties, string target)
    {
        ControlPlaneAnswer answer = await Client.PutAsync($"/environments/{server.Name("env")}/versions/1", new JsonObject { ["properties"] = JsonNode.Parse(properties) });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("InvalidRequestContent", answer.ErrorCode);
        Assert.Equal(target, answer.Body["error"]!["target"]!.GetValue<string>());
    }

    [Fact]
    public async Task Version_PutAgain_ChangesTagsAndArchivesButNotTheContent()
    {
        string name = server.Name("env");
        await Client.PutAsync($"/environments/{name}/versions/1", Bodies.Environment(Image));
        JsonObject archived = new() { ["properties"] = new JsonObject { ["isArchived"] = true, ["tags"] = new JsonObject { ["a"] = "b" } } };

        ControlPlaneAnswer other = await Client.PutAsync($"/environments/{name}/versions/1", Bodies.Environment("another:1"));
        ControlPlaneAnswer changed = await Client.PutAsync($"/environments/{name}/versions/1", archived);
        await Client.PutAsync($"/environments/{name}/versions/2", Bodies.Environment(Image));

        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Contains($"environment '{name}' version '1'", other.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(Image, changed.Body["properties"]!["image"]!.GetValue<string>());
        Assert.Equal("b", changed.Body["properties"]!["tags"]!["a"]!.GetValue<string>());
        Assert.Equal(["2"], await NamesAsync($"/environments/{name}/versions"));
        Assert.Equal(["1"], await NamesAsync($"/environments/{name}/versions?listViewType=ArchivedOnly"));
        Assert.Equal(["2", "1"], await NamesAsync($"/environments/{name}/versions?listViewType=All&$orderBy=createdtime desc"));
        Assert.Equal(["1"], await NamesAsync($"/environments/{name}/versions?listViewType=All&$orderBy=createdtime asc&$top=1"));
    }

    [Fact]
    public async Task Delete_OfVersionAndContainer_Is200Then204()
    {
        string name = server.Name("env");
        await Client.PutAsync($"/environments/{name}/versions/1", Bodies.Environment(Image));

        Assert.Equal(HttpStatusCode.OK, (await Client.DeleteAsync($"/environments/{name}/versions/1")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync($"/environments/{name}/versions/1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/environments/{name}/versions/1")).Status);
        Assert.Equal("2", (await Client.GetAsync($"/environments/{name}")).Body["properties"]!["nextVersion"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await Client.DeleteAsync($"/environments/{name}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/environments/{name}")).Status);
    }

    [Fact]
    public async Task Container_PutAndList_AreOfEnvironmentsAlone()
    {
        string name = server.Name("both");
        await Client.PutAsync($"/models/{name}/versions/1", Bodies.Model(Client.DatastoreUri("x")));
        JsonObject container = new() { ["properties"] = new JsonObject { ["description"] = "an environment" } };

        ControlPlaneAnswer created = await Client.PutAsync($"/environments/{name}", container);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("1", created.Body["properties"]!["nextVersion"]!.GetValue<string>());
        Assert.Null(created.Body["properties"]!["latestVersion"]);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/environments/{name}/versions/1")).Status);
        Assert.Contains(name, await NamesAsync("/environments?listViewType=ActiveOnly"));
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string path) =>
        [.. (await Client.GetAsync(path)).Body["value"]!.AsArray().Select(version => version!["name"]!.GetValue<string>())];
}
