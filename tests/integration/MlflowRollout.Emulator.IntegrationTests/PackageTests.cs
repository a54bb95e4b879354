using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class PackageTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Package_OfAModel_IsAnEnvironmentThatServesIt()
    {
        string model = server.Name("model");
        string environment = server.Name("packaged");
        await Client.RegisterModelAsync(model, "1", ExampleModels.V1);

        ControlPlaneAnswer accepted = await Client.PostAsync($"/models/{model}/versions/1/package", Request(environment));
        JsonNode package = await ResultAsync(accepted);
        JsonNode version = (await Client.GetAsync($"/environments/{environment}/versions/1")).Body;
        Assert.Equal(HttpStatusCode.OK, (await Client.DeleteAsync($"/models/{model}")).Status);
        string endpoint = await server.EndpointAsync();
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment(package["targetEnvironmentId"]!.GetValue<string>())));
        ControlPlaneAnswer used = await Client.DeleteAsync($"/environments/{environment}/versions/1");

        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        Assert.Matches($"^azureml://locations/local/workspaces/[0-9a-f-]{{36}}/environments/{environment}/versions/1$", package["targetEnvironmentId"]!.GetValue<string>());
        Assert.Equal("Succeeded", package["buildState"]!.GetValue<string>());
        Assert.Equal("AzureMLOnline", package["inferencingServer"]!["serverType"]!.GetValue<string>());
        Assert.Equal("Succeeded", version["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.NotEmpty(version["properties"]!["image"]!.GetValue<string>());
        Assert.Null(version["package"]);
        Assert.Equal("blue", await Client.ScoreAsync(endpoint, "blue"));
        Assert.Equal(HttpStatusCode.Conflict, used.Status);
    }

    [Fact]
    public async Task Package_Twice_MakesTheNextVersionAndAFixedOneIsMadeOnce()
    {
        string environment = server.Name("packaged");
        await server.ServableModelAsync();
        JsonObject fixedVersion = Request(environment);
        fixedVersion["targetEnvironmentVersion"] = "9";

        JsonNode first = await ResultAsync(await PackageAsync(Request(environment)));
        JsonNode second = await ResultAsync(await PackageAsync(Request(environment)));
        JsonNode ninth = await ResultAsync(await PackageAsync(fixedVersion));
        ControlPlaneAnswer again = await PackageAsync(fixedVersion);
        JsonNode tenth = await ResultAsync(await PackageAsync(Request(environment)));

        Assert.Equal(["1", "2", "9", "10"], new[] { first, second, ninth, tenth }.Select(package => package["targetEnvironmentVersion"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
    }

    [Theory]
    [InlineData("azureml://locations/local/workspaces/{guid}/environments/{name}", "1")]
    [InlineData("azureml://locations/local/workspaces/{guid}/environments/{name}/versions/5", "5")]
    [InlineData("{workspace}/environments/{name}/versions/6", "6")]
    [InlineData("azureml:/{workspace}/environments/{name}", "1")]
    [InlineData("{name}", "1")]
    public async Task Package_IntoATargetById_IsThere(string form, string version)
    {
        string name = server.Name("packaged");
        await server.ServableModelAsync();
        string guid = (await Client.GetAsync(string.Empty)).Body["properties"]!["workspaceId"]!.GetValue<string>();
        JsonObject request = Request(name);
        request.Remove("targetEnvironmentName");
        request["targetEnvironmentId"] = form
            .Replace("{guid}", guid, StringComparison.Ordinal).Replace("{name}", name, StringComparison.Ordinal).Replace("{workspace}", Client.Workspace, StringComparison.Ordinal);

        JsonNode package = await ResultAsync(await PackageAsync(request));

        Assert.EndsWith($"/environments/{name}/versions/{version}", package["targetEnvironmentId"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/environments/{name}/versions/{version}")).Status);
    }

    [Theory]
    [InlineData("""{"targetEnvironmentName":"a"}""", "inferencingServer.serverType")]
    [InlineData("""{"targetEnvironmentName":"a","inferencingServer":{"serverType":"Flask"}}""", "inferencingServer.serverType")]
    [InlineData("""{"inferencingServer":{"serverType":"AzureMLOnline"}}""", "targetEnvironmentName")]
    [InlineData("""{"targetEnvironmentId":"azureml://locations/x/workspaces/00000000-0000-0000-0000-000000000009/environments/e","inferencingServer":{"serverType":"AzureMLOnline"}}""", "targetEnvironmentId")]
    public async Task Package_ThatCannotBeRead_IsRefusedByItsMember(string body, string target)
    {
        await server.ServableModelAsync();

        ControlPlaneAnswer answer = await PackageAsync(JsonNode.Parse(body)!.AsObject());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(target, answer.Body["error"]!["target"]!.GetValue<string>());
    }

    [Fact]
    public async Task Package_OfWhatIsNotThere_IsRefusedOrFailsAndLeavesNothing()
    {
        string name = server.Name("model");
        await Client.PutAsync($"/models/{name}/versions/1", Bodies.Model(Client.DatastoreUri("nothing/here")));
        await server.ServableModelAsync();
        JsonObject withCode = Request(name);
        withCode["inferencingServer"]!["codeConfiguration"] = new JsonObject { ["codeId"] = $"azureml:/{Client.Workspace}/codes/absent/versions/1", ["scoringScript"] = "score.py" };

        ControlPlaneAnswer absent = await Client.PostAsync($"/models/{name}/versions/2/package", Request(name));
        JsonNode failed = await Client.CompleteAsync(await Client.PostAsync($"/models/{name}/versions/1/package", Request(name)));
        ControlPlaneAnswer code = await PackageAsync(withCode);

        Assert.Equal(HttpStatusCode.NotFound, absent.Status);
        Assert.Equal("ResourceNotFound", failed["error"]!["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/environments/{name}/versions/1")).Status);
        Assert.Contains("code 'absent'", code.ValidationErrors["InferencingServer.CodeConfiguration.CodeId"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"inferencingServer":{"serverType":"AzureMLBatch"}}""", "AzureMLBatch")]
    [InlineData("""{"inferencingServer":{"serverType":"AzureMLOnline","codeConfiguration":{"codeId":"azureml://registries/r/codes/c/versions/1","scoringScript":"score.py"}}}""", "scoring script")]
    [InlineData("""{"baseEnvironmentSource":{"baseEnvironmentSourceType":"EnvironmentAsset","resourceId":"azureml://registries/azureml/environments/e/versions/1"}}""", "base environment")]
    public async Task Deployment_OfAPackageBeyondNoCode_FailsWithAClearReason(string members, string named)
    {
        string environment = server.Name("packaged");
        await server.ServableModelAsync();
        JsonObject request = Request(environment);
        foreach ((string member, JsonNode? value) in JsonNode.Parse(members)!.AsObject())
        {
            request[member] = value?.DeepClone();
        }

        await ResultAsync(await PackageAsync(request));
        string endpoint = await server.EndpointAsync();
        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment($"{Client.Workspace}/environments/{environment}/versions/1")));

        Assert.Equal("BadArgument", status["error"]!["code"]!.GetValue<string>());
        Assert.Contains(named, status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_OfAPackageWithAModelBeside_FailsWithTheWayOut()
    {
        string environment = server.Name("packaged");
        string model = await server.ServableModelAsync();
        await ResultAsync(await PackageAsync(Request(environment)));
        string endpoint = await server.EndpointAsync();
        JsonObject body = Deployment($"{Client.Workspace}/environments/{environment}/versions/1");
        body["properties"]!["model"] = model;

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body));

        Assert.Contains("Leave the model", status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_OfAPackage_TakesItsVariablesUnlessItSetsThem()
    {
        string environment = server.Name("packaged");
        await server.ServableModelAsync();
        JsonObject request = Request(environment);
        request["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "OutOfQuota" };
        await ResultAsync(await PackageAsync(request));
        string endpoint = await server.EndpointAsync();
        JsonObject overridden = Deployment($"{Client.Workspace}/environments/{environment}/versions/1");
        overridden["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "false" };

        JsonNode failed = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment($"{Client.Workspace}/environments/{environment}/versions/1")));
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/green", overridden));

        Assert.Equal("OutOfQuota", failed["error"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Package_ChangedLikeAnyEnvironment_StaysAPackage()
    {
        string environment = server.Name("packaged");
        await server.ServableModelAsync();
        await ResultAsync(await PackageAsync(Request(environment)));
        JsonNode version = (await Client.GetAsync($"/environments/{environment}/versions/1")).Body;
        version["properties"]!["tags"] = new JsonObject { ["stage"] = "approved" };

        Assert.Equal(HttpStatusCode.OK, (await Client.PutAsync($"/environments/{environment}/versions/1", version)).Status);
        string endpoint = await server.EndpointAsync();
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment($"{Client.Workspace}/environments/{environment}/versions/1")));

        Assert.Equal("blue", await Client.ScoreAsync(endpoint, "blue"));
    }

    [Fact]
    public async Task Deployment_OfAPackageThatIsStillBuilt_IsRefused()
    {
        string environment = server.Name("packaged");
        await server.ServableModelAsync();
        string endpoint = await server.EndpointAsync();
        ControlPlaneAnswer stuck;
        ControlPlaneAnswer early;
        ControlPlaneAnswer changed;
        await using (FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "POST", "*/versions/1/package")))
        {
            stuck = await PackageAsync(Request(environment));
            changed = await Client.PutAsync($"/environments/{environment}/versions/1", Bodies.Environment("other:1"));
            early = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment($"{Client.Workspace}/environments/{environment}/versions/1"));
        }

        await ResultAsync(stuck);

        Assert.Equal(HttpStatusCode.Conflict, changed.Status);
        Assert.Contains("Creating", early.ValidationErrors["EnvironmentId"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_OfAModelOfTheRegistry_IsAnEnvironmentOfTheWorkspace()
    {
        string name = server.Name("model");
        await Client.RegisterModelAsync(name, "1", ExampleModels.V1);
        await Client.SucceedAsync(await Client.PostAsync($"/models/{name}/versions/1/publish", new JsonObject { ["registryName"] = "emulator-registry" }));

        JsonNode package = await ResultAsync(await Client.SendRawAsync(
            HttpMethod.Post, $"{Client.Registry}/models/{name}/versions/1/package?api-version={ControlPlaneClient.ApiVersion}", Request(name)));
        string endpoint = await server.EndpointAsync();
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Deployment(package["targetEnvironmentId"]!.GetValue<string>())));

        Assert.Equal("blue", await Client.ScoreAsync(endpoint, "blue"));
    }

    private Task<ControlPlaneAnswer> PackageAsync(JsonObject request) => Client.PostAsync("/models/heart-shared/versions/1/package", request);

    /// <summary>The package, as the address that the answer gave has it when it is made.</summary>
    private async Task<JsonNode> ResultAsync(ControlPlaneAnswer accepted)
    {
        await Client.SucceedAsync(accepted);
        ControlPlaneAnswer result = await Client.SendRawAsync(HttpMethod.Get, accepted.Header("Location")!, null);
        Assert.Equal(HttpStatusCode.OK, result.Status);
        return result.Body;
    }

    private static JsonObject Request(string environment) => new()
    {
        ["targetEnvironmentName"] = environment,
        ["inferencingServer"] = new JsonObject { ["serverType"] = "AzureMLOnline" },
    };

    private static JsonObject Deployment(string environment)
    {
        JsonObject body = Bodies.Deployment(string.Empty);
        body["properties"]!.AsObject().Remove("model");
        body["properties"]!["environmentId"] = environment;
        return body;
    }
}
