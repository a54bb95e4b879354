using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class OperationTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Status_OfAFinalOperation_HasTheServicesDocumentAndNoRetryAfter()
    {
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{server.Name("endpoint")}", Bodies.Endpoint());
        await Client.SucceedAsync(accepted);

        ControlPlaneAnswer status = await Client.SendRawAsync(HttpMethod.Get, accepted.Header("Azure-AsyncOperation")!, null);

        Assert.Equal("Succeeded", status.Body["status"]!.GetValue<string>());
        Assert.Equal("100.0", status.Body["percentComplete"]!.ToJsonString());
        Assert.NotNull(status.Body["startTime"]);
        Assert.NotNull(status.Body["endTime"]);
        Assert.Null(status.Header("Retry-After"));
    }

    [Fact]
    public async Task Status_OfARunningOperation_IsHeldThenAsksToComeAgain()
    {
        string name = server.Name("endpoint");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/onlineEndpoints/{name}"));
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());

        long start = Stopwatch.GetTimestamp();
        ControlPlaneAnswer running = await Client.SendRawAsync(HttpMethod.Get, accepted.Header("Azure-AsyncOperation")!, null);
        TimeSpan held = Stopwatch.GetElapsedTime(start);
        ControlPlaneAnswer result = await Client.SendRawAsync(HttpMethod.Get, accepted.Header("Azure-AsyncOperation")!.Replace("mfeOperationsStatus", "mfeOperationResults", StringComparison.Ordinal), null);

        Assert.Equal(HttpStatusCode.OK, running.Status);
        Assert.Equal("Creating", running.Body["status"]!.GetValue<string>());
        Assert.Equal("0.0", running.Body["percentComplete"]!.ToJsonString());
        Assert.Equal("1", running.Header("Retry-After"));
        Assert.InRange(held.TotalSeconds, 1.5, 10);
        Assert.Equal(HttpStatusCode.Accepted, result.Status);
        Assert.NotNull(result.Header("Location"));
    }

    [Fact]
    public async Task Status_WhileHeld_IsAnsweredAsSoonAsTheOperationEnds()
    {
        string name = server.Name("endpoint");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/onlineEndpoints/{name}"));
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());

        Task<ControlPlaneAnswer> held = Client.SendRawAsync(HttpMethod.Get, accepted.Header("Azure-AsyncOperation")!, null);
        await faults.ClearAsync();

        Assert.Equal("Succeeded", (await held).Body["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Status_OfAnUnknownOperation_Is404()
    {
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{server.Name("endpoint")}", Bodies.Endpoint());
        string address = accepted.Header("Azure-AsyncOperation")!;
        await Client.SucceedAsync(accepted);

        ControlPlaneAnswer answer = await Client.SendRawAsync(HttpMethod.Get, address.Replace("?api", "0?api", StringComparison.Ordinal), null);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Fact]
    public async Task Operation_MadeSlow_EndsAfterItsTime()
    {
        string name = server.Name("endpoint");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("StuckOperation", "PUT", $"*/onlineEndpoints/{name}", fault => fault["seconds"] = 0.5));

        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());
        JsonNode status = await Client.CompleteAsync(accepted);

        Assert.Equal("Succeeded", status["status"]!.GetValue<string>());
        Assert.True(Time(status, "endTime") - Time(status, "startTime") >= TimeSpan.FromSeconds(0.5), status.ToJsonString());
    }

    [Theory]
    [InlineData("ImageBuildFailure,OutOfQuota,BadArgument,ResourceNotReady,ResourceNotFound,WorkspaceManagedNetworkNotReady,OperationCanceled,SecretsInjectionError")]
    [InlineData("InternalServerError,ModelRegistryError,DeploymentFailed,SubscriptionNotRegistered,ACRSecretError,TokenRefreshFailed,GetAADTokenFailed")]
    [InlineData("ACRAuthenticationChallengeFailed,ACRTokenExchangeFailed,KubernetesUnaccessible,ImagePullLoopBackOff,DeploymentCrashLoopBackOff,KubernetesCrashLoopBackOff")]
    [InlineData("UserScriptInitFailed,UserScriptImportError,UserScriptFunctionNotFound,NamespaceNotFound,EndpointNotFound,EndpointAlreadyExists,ScoringFeUnhealthy")]
    [InlineData("ValidateScoringFailed,InvalidDeploymentSpec,PodUnschedulable,PodOutOfMemory,InferencingClientCallFailed")]
    public async Task Operation_AskedToFail_FailsWithThatCodeOneAfterAnother(string codes)
    {
        string endpoint = await server.EndpointAsync();
        foreach (string code in codes.Split(','))
        {
            await FailWithAsync(endpoint, code);
        }
    }

    private static DateTimeOffset Time(JsonNode status, string name) => DateTimeOffset.Parse(status[name]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private async Task FailWithAsync(string endpoint, string code)
    {
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("FailOperation", "PUT", $"*/{endpoint}/deployments/*", fault =>
        {
            fault["code"] = code;
            fault["message"] = "Asked for.";
        }));

        JsonNode status = await Client.CompleteAsync(await Client.PutAsync($"/onlineEndpoints/{endpoint}/deployments/blue", Bodies.Deployment(await server.ServableModelAsync())));

        Assert.Equal(code, status["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Asked for.", status["error"]!["message"]!.GetValue<string>());
        Assert.Equal("Failed", (await Client.GetAsync($"/onlineEndpoints/{endpoint}/deployments/blue")).Body["properties"]!["provisioningState"]!.GetValue<string>());
    }
}
