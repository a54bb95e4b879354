using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class KubernetesTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Compute_OfAnyName_IsAKubernetesClusterAndListedWhileUsed()
    {
        string used = server.Name("cluster");
        await CreateEndpointAsync(server.Name("k8s"), used);

        JsonNode compute = (await Client.GetAsync($"/computes/{used}")).Body;
        ControlPlaneAnswer odd = await Client.GetAsync("/computes/1st");
        List<string> names = [.. (await Client.GetAsync("/computes")).Body["value"]!.AsArray().Select(listed => listed!["name"]!.GetValue<string>())];

        Assert.Equal($"{Client.Workspace}/computes/{used}", compute["id"]!.GetValue<string>());
        Assert.Equal("Kubernetes", compute["properties"]!["computeType"]!.GetValue<string>());
        Assert.Equal("Succeeded", compute["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, odd.Status);
        Assert.Single(names, used);
    }

    [Fact]
    public async Task EndpointAndDeployment_OnACluster_HaveTheServicesShape()
    {
        string endpoint = server.Name("k8s");
        await CreateEndpointAsync(endpoint);
        JsonObject body = await DeploymentAsync(properties =>
        {
            properties["containerResourceRequirements"] = new JsonObject
            {
                ["containerResourceRequests"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "0.5Gi" },
                ["containerResourceLimits"] = new JsonObject { ["cpu"] = "1", ["memory"] = "1Gi", ["gpu"] = 1 },
            };
            properties["requestSettings"] = new JsonObject { ["requestTimeout"] = "PT5M" };
        });
        body["sku"]!["capacity"] = 70;

        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body));
        JsonNode stored = (await Client.GetAsync($"/onlineEndpoints/{endpoint}")).Body;
        JsonNode deployment = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body;
        JsonNode properties = deployment["properties"]!;

        Assert.Equal("K8S", stored["kind"]!.GetValue<string>());
        Assert.Equal($"{Client.Workspace}/computes/a-cluster", stored["properties"]!["compute"]!.GetValue<string>());
        Assert.EndsWith($"/api/v1/endpoint/{endpoint}/score", stored["properties"]!["scoringUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.EndsWith($"/api/v1/endpoint/{endpoint}/swagger.json", stored["properties"]!["swaggerUri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("K8S", deployment["kind"]!.GetValue<string>());
        Assert.Equal("Kubernetes", properties["endpointComputeType"]!.GetValue<string>());
        Assert.Equal("defaultinstancetype", properties["instanceType"]!.GetValue<string>());
        Assert.Equal("1", properties["containerResourceRequirements"]!["containerResourceLimits"]!["gpu"]!.GetValue<string>());
        Assert.Equal("500m", properties["containerResourceRequirements"]!["containerResourceRequests"]!["cpu"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"scaleType":"TargetUtilization","minInstances":1,"maxInstances":1,"targetUtilizationPercentage":70,"pollingInterval":"PT1S"}"""),
            properties["scaleSettings"]));
        Assert.Equal(70, deployment["sku"]!["capacity"]!.GetValue<int>());
    }

    [Fact]
    public async Task Endpoints_ByComputeType_AreThoseAlone()
    {
        string kubernetes = server.Name("k8s");
        await CreateEndpointAsync(kubernetes);
        string managed = await server.EndpointAsync();

        List<string> names = [.. (await Client.GetAsync("/onlineEndpoints?computeType=Kubernetes&count=1000")).Body["value"]!.AsArray().Select(endpoint => endpoint!["name"]!.GetValue<string>())];

        Assert.Contains(kubernetes, names);
        Assert.DoesNotContain(managed, names);
    }

    [Fact]
    public async Task Scoring_AtTheClustersPath_IsWeightedAndPinnedLikeManaged()
    {
        string endpoint = server.Name("k8s");
        await CreateEndpointAsync(endpoint);
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", await DeploymentAsync()));
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/green", await DeploymentAsync()));
        await Client.SetTrafficAsync(endpoint, ("blue", 100));

        Assert.Equal("blue", await Client.ScoreAsync(endpoint));
        Assert.Equal("green", await Client.ScoreAsync(endpoint, "green"));
        ControlPlaneAnswer mirror = await Client.PutTrafficAsync(endpoint, "mirrorTraffic", ("green", 10));
        Assert.Contains("Kubernetes", mirror.ValidationErrors["MirrorTraffic"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c1", "is not one of workspace")]
    [InlineData("a-cluster", "is not the id of a compute")]
    [InlineData("{workspace}/computes/1st", "must start with a letter")]
    public async Task Endpoint_OnAComputeThatCannotBe_IsRefused(string compute, string reason)
    {
        JsonObject body = Bodies.Endpoint();
        body["properties"]!["compute"] = compute.Replace("{workspace}", Client.Workspace, StringComparison.Ordinal);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{server.Name("k8s")}", body);

        Assert.Contains(reason, answer.ValidationErrors["Compute"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_WithAnotherCompute_IsRefusedAndTheSameInOtherCasingIsNot()
    {
        string endpoint = server.Name("k8s");
        await CreateEndpointAsync(endpoint);
        JsonObject managed = Bodies.Endpoint();
        JsonObject other = Body("another");
        JsonObject same = Body("A-CLUSTER");

        ControlPlaneAnswer toManaged = await Client.PutAsync($"/onlineEndpoints/{endpoint}", managed);
        ControlPlaneAnswer toOther = await Client.PutAsync($"/onlineEndpoints/{endpoint}", other);
        ControlPlaneAnswer kept = await Client.PutAsync($"/onlineEndpoints/{endpoint}", same);
        await Client.SucceedAsync(kept);

        Assert.Contains("cannot be changed", toManaged.ValidationErrors["Compute"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("cannot be changed", toOther.ValidationErrors["Compute"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.EndsWith("/computes/a-cluster", kept.Body["properties"]!["compute"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_OnACluster_MayBe62CharactersTogether()
    {
        string endpoint = "e" + new string('x', 39);
        await CreateEndpointAsync(endpoint);

        ControlPlaneAnswer tooLong = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/d{new string('y', 22)}", await DeploymentAsync());
        ControlPlaneAnswer fits = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/d{new string('y', 21)}", await DeploymentAsync());
        ControlPlaneAnswer endpointTooLong = await Client.PutAsync($"/onlineEndpoints/e{new string('z', 59)}", Body("a-cluster"));

        Assert.Contains("together", tooLong.ValidationErrors["Name"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        await Client.SucceedAsync(fits);
        Assert.Contains("3 to 59", endpointTooLong.ValidationErrors["Name"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scaleSettings", """{"scaleType":"TargetUtilization","minInstances":3,"maxInstances":2}""", "ScaleSettings.MaxInstances")]
    [InlineData("scaleSettings", """{"scaleType":"TargetUtilization","minInstances":0}""", "ScaleSettings.MinInstances")]
    [InlineData("scaleSettings", """{"scaleType":"TargetUtilization","targetUtilizationPercentage":101}""", "ScaleSettings.TargetUtilizationPercentage")]
    [InlineData("containerResourceRequirements", """{"containerResourceLimits":{"memory":"1 GB"}}""", "ContainerResourceRequirements.ContainerResourceLimits.memory")]
    [InlineData("containerResourceRequirements", """{"containerResourceLimits":{"gpu":"0.5"}}""", "ContainerResourceRequirements.ContainerResourceLimits.gpu")]
    [InlineData("containerResourceRequirements", """{"containerResourceRequests":{"memory":"1.5Gi"},"containerResourceLimits":{"memory":"1Gi"}}""", "ContainerResourceRequirements.ContainerResourceRequests.memory")]
    [InlineData("endpointComputeType", "\"Managed\"", "EndpointComputeType")]
    [InlineData("requestSettings", """{"requestTimeout":"PT301S"}""", "RequestSettings.RequestTimeout")]
    public async Task Deployment_ThatAClusterCannotHave_IsRefusedByField(string member, string value, string field)
    {
        string endpoint = server.Name("k8s");
        await CreateEndpointAsync(endpoint);

        ControlPlaneAnswer answer = await Client.PutAsync(
            $"/onlineEndpoints/{endpoint}/deployments/blue", await DeploymentAsync(properties => properties[member] = JsonNode.Parse(value)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.ValidationErrors[field]!.AsArray());
    }

    [Theory]
    [InlineData("scaleSettings", """{"scaleType":"TargetUtilization"}""", "ScaleSettings.ScaleType")]
    [InlineData("egressPublicNetworkAccess", "\"Sometimes\"", "EgressPublicNetworkAccess")]
    [InlineData("dataCollector", """{"collections":{}}""", "DataCollector.Collections")]
    [InlineData("dataCollector", """{"collections":{"a":{"samplingRate":2}}}""", "DataCollector.Collections.a.SamplingRate")]
    [InlineData("dataCollector", """{"collections":{"a":{"dataCollectionMode":"On"}}}""", "DataCollector.Collections.a.DataCollectionMode")]
    [InlineData("dataCollector", """{"collections":{"a":{}},"rollingRate":"Weekly"}""", "DataCollector.RollingRate")]
    public async Task ManagedDeployment_WithAValueTheServiceRefuses_IsRefusedByField(string member, string value, string field)
    {
        string endpoint = await server.EndpointAsync();
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        body["properties"]![member] = JsonNode.Parse(value);

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", body);

        Assert.NotEmpty(answer.ValidationErrors[field]!.AsArray());
    }

    [Fact]
    public async Task DataCollector_OfADeployment_ComesBackWithDefaults()
    {
        string endpoint = await server.EndpointAsync();
        await Client.CreateDeploymentAsync(endpoint, "blue", await server.ServableModelAsync(), body => body["properties"]!["dataCollector"] = JsonNode.Parse(
            """{"collections":{"model_inputs":{"dataCollectionMode":"enabled"}},"requestLogging":{"captureHeaders":["x-a"]}}"""));

        JsonNode collector = (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body["properties"]!["dataCollector"]!;

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"collections":{"model_inputs":{"dataCollectionMode":"Enabled","clientId":null,"dataId":null,"samplingRate":1}},
                "requestLogging":{"captureHeaders":["x-a"]},"rollingRate":"Hour"}
                """),
            collector), collector.ToJsonString());
    }

    private async Task CreateEndpointAsync(string name, string compute = "a-cluster") =>
        await Client.SucceedAsync(await Client.PutAsync($"/onlineEndpoints/{name}", Body(compute)));

    private JsonObject Body(string compute)
    {
        JsonObject body = Bodies.Endpoint();
        body["properties"]!["compute"] = $"{Client.Workspace}/computes/{compute}";
        return body;
    }

    private async Task<JsonObject> DeploymentAsync(Action<JsonObject>? change = null)
    {
        JsonObject body = Bodies.Deployment(await server.ServableModelAsync());
        JsonObject properties = body["properties"]!.AsObject();
        properties["endpointComputeType"] = "Kubernetes";
        properties.Remove("instanceType");
        change?.Invoke(properties);
        return body;
    }
}
