using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class DeploymentTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Get_AfterCreate_HasTheServicesDefaults()
    {
        string endpoint = await server.EndpointAsync("blue");

        JsonNode deployment = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body;
        JsonNode properties = deployment["properties"]!;

        Assert.Equal($"{Client.Workspace}/onlineEndpoints/{endpoint}/deployments/blue", deployment["id"]!.GetValue<string>());
        Assert.Equal("""{"name":"Default","capacity":1,"tier":"Standard"}""", deployment["sku"]!.ToJsonString());
        Assert.Equal("Managed", deployment["kind"]!.GetValue<string>());
        Assert.Equal("Managed", properties["endpointComputeType"]!.GetValue<string>());
        Assert.Equal("Default", properties["scaleSettings"]!["scaleType"]!.GetValue<string>());
        Assert.Equal("Enabled", properties["egressPublicNetworkAccess"]!.GetValue<string>());
        Assert.Equal("PT5S", properties["requestSettings"]!["requestTimeout"]!.GetValue<string>());
        Assert.Equal("PT0S", properties["requestSettings"]!["maxQueueWait"]!.GetValue<string>());
        Assert.Equal(1, properties["requestSettings"]!["maxConcurrentRequestsPerInstance"]!.GetValue<int>());
        Assert.Equal(30, properties["livenessProbe"]!["failureThreshold"]!.GetValue<int>());
        Assert.Equal("PT10S", properties["readinessProbe"]!["initialDelay"]!.GetValue<string>());
        Assert.Equal("Succeeded", properties["provisioningState"]!.GetValue<string>());
        Assert.False(properties["appInsightsEnabled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Get_OfUnknown_IsTheServicesUserError()
    {
        string endpoint = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/green");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("UserError", answer.ErrorCode);
        Assert.Equal($"Deployment green not found in endpoint {endpoint}, workspace {Client.Emulator.Connection.Workspace}", answer.ErrorMessage);
    }

    [Theory]
    [InlineData("properties.livenessProbe.period", "\"PT300S\"", "InferenceContainerConfiguration.ServingContainer.LivenessProbe.PeriodSeconds", "less than 300")]
    [InlineData("properties.readinessProbe.timeout", "\"PT20M\"", "InferenceContainerConfiguration.ServingContainer.ReadinessProbe.TimeoutSeconds", "<1200>")]
    [InlineData("properties.requestSettings.requestTimeout", "\"PT181S\"", "RequestSettings.RequestTimeout", "PT3M")]
    [InlineData("properties.requestSettings.maxConcurrentRequestsPerInstance", "0", "RequestSettings.MaxConcurrentRequestsPerInstance", "1 or more")]
    [InlineData("sku.capacity", "51", "InstanceCount", "1 to 50")]
    [InlineData("sku.capacity", "0", "InstanceCount", "1 to 50")]
    [InlineData("properties.endpointComputeType", "\"Kubernetes\"", "EndpointComputeType", "does not match")]
    [InlineData("properties.endpointComputeType", "\"Other\"", "EndpointComputeType", "one of")]
    [InlineData("properties.model", "null", "InferenceContainerConfiguration.ServingContainer.Image", "'Image' must not be empty")]
    public async Task Put_ThatBreaksARule_IsRefusedAndNothingIsMade(string path, string value, string field, string reason)
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        Set(body, path, value);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("The request is invalid.", answer.ErrorMessage);
        Assert.Contains(reason, answer.ValidationErrors[field]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Status);
    }

    [Theory]
    [InlineData("properties.requestSettings.requestTimeout", "\"5s\"")]
    [InlineData("properties.environmentVariables", "[]")]
    [InlineData("sku.capacity", "\"two\"")]
    [InlineData("sku.capacity", "1.5")]
    public async Task Put_WithAWrongType_NamesThePlace(string path, string value)
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        Set(body, path, value);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);

        Assert.Equal("InvalidRequestContent", answer.ErrorCode);
        Assert.Contains(path, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithAnUnregisteredModel_IsRefused()
    {
        string endpoint = await server.EndpointAsync();

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(Client.ModelId("nowhere", "7")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("'nowhere' version '7' does not exist", answer.ValidationErrors["Model"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithACustomModelAlone_IsRefused()
    {
        string endpoint = await server.EndpointAsync();
        string model = server.Name("model");
        JsonObject version = Bodies.Model(Client.DatastoreUri("x"));
        version["properties"]!["modelType"] = "custom_model";
        await Client.PutAsync($"/models/{model}/versions/1", version);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(Client.ModelId(model, "1")));

        Assert.Contains("custom_model", answer.ValidationErrors["InferenceContainerConfiguration.ServingContainer.Image"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithWordsInOtherCasing_StoresTheServicesOwn()
    {
        string endpoint = await server.EndpointAsync();
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync(), body =>
        {
            body["properties"]!["egressPublicNetworkAccess"] = "disabled";
            body["properties"]!["scaleSettings"] = new JsonObject { ["scaleType"] = "default" };
        });

        JsonNode properties = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body["properties"]!;

        Assert.Equal("Disabled", properties["egressPublicNetworkAccess"]!.GetValue<string>());
        Assert.Equal("Default", properties["scaleSettings"]!["scaleType"]!.GetValue<string>());
    }

    [Fact]
    public async Task Put_InAnUnknownEndpoint_Is404()
    {
        ControlPlaneAnswer answer = await Client.PutAsync("/onlineEndpoints/nowhere-at-all/deployments/blue", Bodies.Deployment(await server.ServableModelAsync()));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("nowhere-at-all", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithAnotherInstanceType_IsRefusedAndTheSameInOtherCasingIsNot()
    {
        string endpoint = await server.EndpointAsync("blue");
        JsonObject other = Bodies.Deployment(await server.ServableModelAsync());
        other["properties"]!["instanceType"] = "Standard_F4s_v2";
        JsonObject same = Bodies.Deployment(await server.ServableModelAsync());
        same["properties"]!["instanceType"] = "STANDARD_DS2_V2";

        ControlPlaneAnswer refused = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", other);
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", same);
        await Client.SucceedAsync(accepted);

        Assert.Contains("cannot be changed", refused.ValidationErrors["InstanceType"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Standard_DS2_v2", accepted.Body["properties"]!["instanceType"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("properties.environmentId", "\"/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/environments/e/versions/1\"", "environment")]
    [InlineData("properties.codeConfiguration", "{\"codeId\":\"c\",\"scoringScript\":\"score.py\"}", "scoring script")]
    public async Task Put_BeyondNoCode_IsStoredAndFailsWithAClearReason(string path, string value, string named)
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        Set(body, path, value);

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body));
        JsonNode stored = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body;

        Assert.Equal("BadArgument", status["error"]!["code"]!.GetValue<string>());
        Assert.Contains("not supported by the emulator", status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains(named, status["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Failed", stored["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Equal(value, stored["properties"]![path.Split('.')[1]]!.ToJsonString());
    }

    [Theory]
    [InlineData("environmentId", "environments", "EnvironmentId", "environment 'absent' version '7'")]
    [InlineData("codeConfiguration", "codes", "CodeConfiguration.CodeId", "code 'absent' version '7'")]
    [InlineData("model", "models", "Model", "model 'absent' version '7'")]
    public async Task Put_WithAnAssetOfThisWorkspaceThatDoesNotExist_IsRefused(string member, string segment, string field, string named)
    {
        string endpoint = await server.EndpointAsync();
        string id = $"{Client.Workspace}/{segment}/absent/versions/7";
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]![member] = member == "codeConfiguration" ? new JsonObject { ["codeId"] = id, ["scoringScript"] = "score.py" } : id;

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(named, answer.ValidationErrors[field]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Status);
    }

    [Fact]
    public async Task Put_WithTheIdOfAnotherKindOfAsset_IsRefused()
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentId"] = await server.ServableModelAsync();

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);

        Assert.Contains("is the id of a model", answer.ValidationErrors["EnvironmentId"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithCodeAndEnvironmentOfThisWorkspace_IsStoredFaithfullyAndNeitherCanBeDeletedMeanwhile()
    {
        string endpoint = await server.EndpointAsync();
        string name = server.Name("asset");
        string environment = (await Client.PutAsync($"/environments/{name}/versions/1", Bodies.Environment("mcr.example/base:1"))).Body["id"]!.GetValue<string>();
        string code = (await Client.PutAsync($"/codes/{name}/versions/1", Bodies.Code(Client.DatastoreUri("LocalUpload/code")))).Body["id"]!.GetValue<string>();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentId"] = environment;
        body["properties"]!["codeConfiguration"] = new JsonObject { ["codeId"] = code, ["scoringScript"] = "score.py" };

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body));
        JsonNode stored = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body["properties"]!;
        ControlPlaneAnswer environmentDelete = await Client.DeleteAsync($"/environments/{name}/versions/1");
        ControlPlaneAnswer codeDelete = await Client.DeleteAsync($"/codes/{name}");

        Assert.Equal("BadArgument", status["error"]!["code"]!.GetValue<string>());
        Assert.Equal(environment, stored["environmentId"]!.GetValue<string>());
        Assert.Equal(code, stored["codeConfiguration"]!["codeId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, environmentDelete.Status);
        Assert.Contains($"{endpoint}/blue", environmentDelete.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, codeDelete.Status);
    }

    [Fact]
    public async Task Put_OfAModelWithoutFiles_FailsAndCanBeRepairedByAnotherPut()
    {
        string endpoint = await server.EndpointAsync();
        string model = server.Name("model");
        await Client.PutAsync($"/models/{model}/versions/1", Bodies.Model(Client.DatastoreUri($"LocalUpload/{model}")));

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(Client.ModelId(model, "1"))));
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync());

        Assert.Equal("ResourceNotFound", status["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Succeeded", (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body["properties"]!["provisioningState"]!.GetValue<string>());
    }

    [Fact]
    public async Task Put_WhoseServerDoesNotStart_FailsWithTheServicesCodeAndKeepsItsLog()
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "ResourceNotReady" };

        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);
        JsonNode status = await Client.CompleteAsync(accepted);
        ControlPlaneAnswer log = await Client.PostAsync($"/onlineEndpoints/{endpoint}/deployments/blue/getLogs", new JsonObject { ["tail"] = 50 });

        Assert.Equal("Failed", status["status"]!.GetValue<string>());
        Assert.Equal("ResourceNotReady", status["error"]!["code"]!.GetValue<string>());
        Assert.Null(status["percentComplete"]);
        Assert.NotEmpty(log.Body["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task Patch_OfCapacity_ScalesAndPatchOfOthersIsRefused()
    {
        string endpoint = await server.EndpointAsync("blue");
        string path = $"/onlineEndpoints/{endpoint}/deployments/blue";

        ControlPlaneAnswer answer = await Client.PatchAsync(path, new JsonObject { ["sku"] = new JsonObject { ["capacity"] = 3 } });
        await Client.SucceedAsync(answer);
        ControlPlaneAnswer result = await Client.SendRawAsync(HttpMethod.Get, answer.Header("Location")!, null);
        ControlPlaneAnswer tooMany = await Client.PatchAsync(path, new JsonObject { ["sku"] = new JsonObject { ["capacity"] = 51 } });
        ControlPlaneAnswer other = await Client.PatchAsync(path, new JsonObject { ["properties"] = new JsonObject() });

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(3, result.Body["sku"]!["capacity"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.Status);
        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
        Assert.Equal(3, (await Client.GetAsync(path)).Body["sku"]!["capacity"]!.GetValue<int>());
    }

    [Fact]
    public async Task Delete_WithLiveOrMirroredTraffic_IsRefusedWithTheShare()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100));
        await Client.SucceedAsync(await Client.PutTrafficAsync(endpoint, "mirrorTraffic", ("green", 25)));

        ControlPlaneAnswer live = await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/blue");
        ControlPlaneAnswer mirrored = await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/green");

        Assert.Equal(HttpStatusCode.BadRequest, live.Status);
        Assert.Equal("UserError", live.ErrorCode);
        Assert.Contains("blue", live.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("100%", live.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("25% of the mirrored traffic", mirrored.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_OfAnIdleOne_RemovesItAndItsZeroWeight()
    {
        string endpoint = await server.EndpointAsync("blue", "green");
        await Client.SetTrafficAsync(endpoint, ("blue", 100), ("green", 0));

        ControlPlaneAnswer answer = await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/green");
        await Client.SucceedAsync(answer);
        ControlPlaneAnswer again = await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/green");
        JsonNode traffic = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body["properties"]!["traffic"]!;

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(HttpStatusCode.NoContent, again.Status);
        Assert.Equal("""{"blue":100}""", traffic.ToJsonString());
    }

    [Fact]
    public async Task Delete_OfOneThatIsStuckInCreation_OvertakesIt()
    {
        string endpoint = await server.EndpointAsync();
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/{endpoint}/deployments/blue"));
        ControlPlaneAnswer creating = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(await server.ServableModelAsync()));

        await Client.SucceedAsync(await Client.DeleteAsync($"/onlineEndpoints/{endpoint}/deployments/blue"));
        JsonNode status = await Client.CompleteAsync(creating);

        Assert.Equal("Canceled", status["status"]!.GetValue<string>());
        Assert.Equal("OperationCanceled", status["error"]!["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Status);
    }

    [Fact]
    public async Task Put_OfTheTwentyFirst_IsRefused()
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "OutOfQuota" };
        for (int number = 1; number <= 20; number++)
        {
            Assert.Equal(HttpStatusCode.Created, (await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/number-{number}", body.DeepClone())).Status);
        }

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/number-21", body);
        ControlPlaneAnswer page = await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments?$top=15");

        Assert.Contains("20 deployments", answer.ValidationErrors["Deployments"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(15, page.Body["value"]!.AsArray().Count);
        Assert.NotNull(page.Body["nextLink"]);
    }

    [Fact]
    public async Task Logs_AndSkus_AreAnswered()
    {
        string endpoint = await server.EndpointAsync("blue");
        string path = $"/onlineEndpoints/{endpoint}/deployments/blue";

        ControlPlaneAnswer server1 = await Client.PostAsync($"{path}/getLogs", new JsonObject { ["tail"] = 1 });
        ControlPlaneAnswer storage = await Client.PostAsync($"{path}/getLogs", new JsonObject { ["containerType"] = "StorageInitializer", ["tail"] = 5 });
        ControlPlaneAnswer bad = await Client.PostAsync($"{path}/getLogs", new JsonObject { ["containerType"] = "Other" });
        ControlPlaneAnswer skus = await Client.GetAsync($"{path}/skus");

        Assert.Single(server1.Body["content"]!.GetValue<string>().TrimEnd('\n').Split('\n'));
        Assert.Equal(HttpStatusCode.OK, storage.Status);
        Assert.Equal(HttpStatusCode.BadRequest, bad.Status);
        Assert.Equal(50, skus.Body["value"]![0]!["capacity"]!["maximum"]!.GetValue<int>());
    }

    private static void Set(JsonObject body, string path, string value)
    {
        string[] names = path.Split('.');
        JsonObject at = body;
        foreach (string name in names[..^1])
        {
            if (at[name] is not JsonObject next)
            {
                next = [];
                at[name] = next;
            }

            at = next;
        }

        at[names[^1]] = JsonNode.Parse(value);
    }
}
