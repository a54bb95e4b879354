using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class EndpointTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Put_OfNewEndpoint_AnswersAsTheServiceDoes()
    {
        string name = server.Name("endpoint");

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.StartsWith($"{Client.Emulator.ArmEndpoint}subscriptions/{Client.Emulator.Connection.SubscriptionId}/providers/Microsoft.MachineLearningServices/locations/local/mfeOperationsStatus/oeidp:", answer.Header("Azure-AsyncOperation"), StringComparison.Ordinal);
        Assert.Equal("PT30M", answer.Header("x-ms-async-operation-timeout"));
        Assert.NotNull(answer.Header("Location"));
        Assert.Null(answer.Header("Retry-After"));
        Assert.Equal("Creating", answer.Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Null(answer.Body["properties"]!["scoringUri"]);
        Assert.Equal(answer.Header("Azure-AsyncOperation"), answer.Body["properties"]!["properties"]!["AzureAsyncOperationUri"]!.GetValue<string>());
    }

    [Fact]
    public async Task Get_AfterCreate_HasDefaultsAndServerValues()
    {
        string name = await server.EndpointAsync();

        JsonNode endpoint = (await Client.GetAsync($"/onlineEndpoints/{name.ToUpperInvariant()}")).Body;
        JsonNode properties = endpoint["properties"]!;

        Assert.Equal($"{Client.Workspace}/onlineEndpoints/{name}", endpoint["id"]!.GetValue<string>());
        Assert.Equal(name, endpoint["name"]!.GetValue<string>());
        Assert.Equal("Managed", endpoint["kind"]!.GetValue<string>());
        Assert.Equal("Succeeded", properties["provisioningState"]!.GetValue<string>());
        Assert.Equal($"{Client.Emulator.ArmEndpoint}online/{name}/score", properties["scoringUri"]!.GetValue<string>());
        Assert.EndsWith("/swagger.json", properties["swaggerUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Enabled", properties["publicNetworkAccess"]!.GetValue<string>());
        Assert.Empty(properties["traffic"]!.AsObject());
        Assert.Empty(properties["mirrorTraffic"]!.AsObject());
        Assert.Null(properties["keys"]);
        Assert.Equal($"{Client.Workspace}/onlineEndpoints/{name}".ToLowerInvariant(), properties["properties"]!["azureml.onlineendpointid"]!.GetValue<string>());
        Assert.True(Guid.TryParse(endpoint["identity"]!["principalId"]!.GetValue<string>(), out _));
    }

    [Fact]
    public async Task Put_OfWhatWasRead_KeepsUnknownMembersAndIgnoresServerValues()
    {
        string name = server.Name("endpoint");
        JsonObject body = Bodies.Endpoint();
        body["tags"] = new JsonObject { ["a"] = "1" };
        body["properties"]!["futureMember"] = new JsonObject { ["x"] = 1 };
        body["properties"]!["properties"] = new JsonObject { ["mine"] = "kept" };
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{name}", body));
        JsonNode read = (await Client.GetAsync($"/onlineEndpoints/{name}")).Body;
        string operation = read["properties"]!["properties"]!["AzureAsyncOperationUri"]!.GetValue<string>();
        read["properties"]!["scoringUri"] = "https://example.org/";

        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{name}", read));
        JsonNode after = (await Client.GetAsync($"/onlineEndpoints/{name}")).Body;

        Assert.Equal(1, after["properties"]!["futureMember"]!["x"]!.GetValue<int>());
        Assert.Equal("kept", after["properties"]!["properties"]!["mine"]!.GetValue<string>());
        Assert.Equal("1", after["tags"]!["a"]!.GetValue<string>());
        Assert.NotEqual(operation, after["properties"]!["properties"]!["AzureAsyncOperationUri"]!.GetValue<string>());
        Assert.EndsWith($"/online/{name}/score", after["properties"]!["scoringUri"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1starts-with-digit", "Name")]
    [InlineData("ab", "Name")]
    [InlineData("ends-with-hyphen-", "Name")]
    [InlineData("this-name-has-more-than-32-letters", "Name")]
    [InlineData("under_score", "Name")]
    public async Task Put_WithBadName_IsRefusedAsNestedProblem(string name, string field)
    {
        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("BadRequest", answer.ErrorCode);
        Assert.Contains(name, answer.ValidationErrors[field]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{name}")).Status);
    }

    [Theory]
    [InlineData("identity", "Identity")]
    [InlineData("authMode", "AuthMode")]
    public async Task Put_WithoutARequiredMember_IsRefused(string member, string field)
    {
        JsonObject body = Bodies.Endpoint();
        body.Remove(member);
        body["properties"]!.AsObject().Remove(member);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{server.Name("endpoint")}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotNull(answer.ValidationErrors[field]);
    }

    [Fact]
    public async Task Put_WithoutLocation_IsRefused()
    {
        JsonObject body = Bodies.Endpoint();
        body.Remove("location");

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{server.Name("endpoint")}", body);

        Assert.Equal("LocationRequired", answer.ErrorCode);
    }

    [Fact]
    public async Task Put_WhileTheNameIsBeingDeleted_SaysThatItIsTaken()
    {
        string name = await server.EndpointAsync();
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "DELETE", $"*/onlineEndpoints/{name}"));
        ControlPlaneAnswer deleting = await Client.DeleteAsync($"/onlineEndpoints/{name}");

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());
        await faults.ClearAsync();
        await Client.SucceedAsync(deleting);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("There is already an endpoint with this name", answer.ValidationErrors[string.Empty]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_OfTags_MergesAndKeepsTheRest()
    {
        string name = await server.EndpointAsync();
        await Client.SucceedAsync(await Client.PatchAsync($"/onlineEndpoints/{name}", new JsonObject { ["tags"] = new JsonObject { ["a"] = "1", ["b"] = "2" } }));

        ControlPlaneAnswer answer = await Client.PatchAsync($"/onlineEndpoints/{name}", new JsonObject { ["tags"] = new JsonObject { ["a"] = null } });
        await Client.SucceedAsync(answer);
        JsonNode after = (await Client.GetAsync($"/onlineEndpoints/{name}")).Body;

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.NotNull(answer.Header("Location"));
        Assert.Equal("""{"b":"2"}""", after["tags"]!.ToJsonString());
        Assert.Equal("Key", after["properties"]!["authMode"]!.GetValue<string>());
    }

    [Fact]
    public async Task Patch_OfOtherMembers_IsRefused()
    {
        string name = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.PatchAsync($"/onlineEndpoints/{name}", new JsonObject { ["properties"] = new JsonObject() });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("InvalidRequestContent", answer.ErrorCode);
    }

    [Fact]
    public async Task Delete_OfEndpoint_TakesItsDeploymentsAlong()
    {
        string name = await server.EndpointAsync("blue");

        ControlPlaneAnswer answer = await Client.DeleteAsync($"/onlineEndpoints/{name}");
        await Client.SucceedAsync(answer);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("null", answer.Text);
        Assert.NotNull(answer.Header("Location"));
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{name}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{name}/deployments/blue")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync($"/onlineEndpoints/{name}")).Status);
    }

    [Fact]
    public async Task List_FilteredAndInPages_GivesWhatIsAsked()
    {
        string tag = server.Name("tag");
        string[] names = [server.Name("endpoint"), server.Name("endpoint"), server.Name("endpoint")];
        foreach (string name in names)
        {
            JsonObject body = Bodies.Endpoint();
            body["tags"] = new JsonObject { [tag] = "yes" };
            await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{name}", body));
        }

        ControlPlaneAnswer first = await Client.GetAsync($"/onlineEndpoints?tags={tag}=yes&count=2&orderBy=CreatedAtDesc");
        ControlPlaneAnswer rest = await Client.SendRawAsync(HttpMethod.Get, first.Body["nextLink"]!.GetValue<string>(), null);
        ControlPlaneAnswer byName = await Client.GetAsync($"/onlineEndpoints?name={names[1]}");

        Assert.Equal([names[2], names[1]], Names(first));
        Assert.Equal([names[0]], Names(rest));
        Assert.Null(rest.Body["nextLink"]);
        Assert.Equal([names[1]], Names(byName));
        Assert.Empty(Names(await Client.GetAsync($"/onlineEndpoints?tags={tag}=no")));
    }

    [Fact]
    public async Task Keys_AreStableUntilOneIsRegenerated()
    {
        string name = await server.EndpointAsync();
        JsonNode before = (await Client.PostAsync($"/onlineEndpoints/{name}/listKeys")).Body;

        ControlPlaneAnswer answer = await Client.PostAsync(
            $"/onlineEndpoints/{name}/regenerateKeys",
            new JsonObject { ["keyType"] = "Secondary", ["keyValue"] = before["secondaryKey"]!.GetValue<string>() });
        await Client.SucceedAsync(answer);
        ControlPlaneAnswer result = await Client.SendRawAsync(HttpMethod.Get, answer.Header("Location")!, null);
        JsonNode after = (await Client.PostAsync($"/onlineEndpoints/{name}/listKeys")).Body;

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(HttpStatusCode.NoContent, result.Status);
        Assert.Equal(before["primaryKey"]!.GetValue<string>(), after["primaryKey"]!.GetValue<string>());
        Assert.NotEqual(before["secondaryKey"]!.GetValue<string>(), after["secondaryKey"]!.GetValue<string>());
    }

    [Fact]
    public async Task Keys_GivenAtCreation_AreTakenAndNeverShown()
    {
        string name = server.Name("endpoint");
        JsonObject body = Bodies.Endpoint();
        body["properties"]!["keys"] = new JsonObject { ["primaryKey"] = "my-own-primary-key", ["secondaryKey"] = "my-own-secondary-key" };

        ControlPlaneAnswer created = await Client.PutAsync($"/onlineEndpoints/{name}", body);
        await Client.SucceedAsync(created);
        ControlPlaneAnswer read = await Client.GetAsync($"/onlineEndpoints/{name}");
        ControlPlaneAnswer keys = await Client.PostAsync($"/onlineEndpoints/{name}/listKeys");

        Assert.Equal("my-own-primary-key", keys.Body["primaryKey"]!.GetValue<string>());
        Assert.DoesNotContain("my-own", created.Text + read.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AMLToken")]
    [InlineData("AADToken")]
    public async Task Token_OfATokenEndpoint_IsGoodForADay(string mode)
    {
        string name = server.Name("endpoint");
        await Client.CreateEndpointAsync(name, mode);

        JsonNode token = (await Client.PostAsync($"/onlineEndpoints/{name}/token")).Body;
        ControlPlaneAnswer keys = await Client.PostAsync($"/onlineEndpoints/{name}/listKeys");

        long expires = token["expiryTimeUtc"]!.GetValue<long>();
        Assert.Equal("Bearer", token["tokenType"]!.GetValue<string>());
        Assert.Equal(3, token["accessToken"]!.GetValue<string>().Split('.').Length);
        Assert.Equal(12 * 3600, expires - token["refreshAfterTimeUtc"]!.GetValue<long>());
        Assert.Equal(HttpStatusCode.BadRequest, keys.Status);
    }

    [Fact]
    public async Task Token_OfAKeyEndpoint_IsRefused()
    {
        string name = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.PostAsync($"/onlineEndpoints/{name}/token");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("UserError", answer.ErrorCode);
    }

    private static string[] Names(ControlPlaneAnswer answer) => [.. answer.Body["value"]!.AsArray().Select(item => item!["name"]!.GetValue<string>())];
}
