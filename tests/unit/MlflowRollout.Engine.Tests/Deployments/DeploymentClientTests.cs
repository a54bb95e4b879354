using System.Text.Json.Nodes;
using MlflowRollout.Engine.Deployments;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

public sealed class DeploymentClientTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();

    public DeploymentClientTests()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue"]);
        _workspace.Arm.AddModel("heart", "1");
        _workspace.Arm.AddModel("heart", "2");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task CreateAsync_Model_SendsWhatTheServiceNeedsAndMovesNoTraffic()
    {
        MlDeploymentResult? result = await CreateAsync(Specification("green"));

        Assert.Equal((MlProvisioningState.Succeeded, 0), (result!.Deployment.ProvisioningState, result.Deployment.TrafficWeight));
        JsonObject sent = (JsonObject)JsonNode.Parse(_workspace.Arm.Bodies.Single().Body)!;
        Assert.Equal("here", (string?)sent["location"]);
        Assert.Equal("""{"name":"Default","capacity":3}""", sent["sku"]!.ToJsonString());
        Assert.Equal($"{FakeArm.Workspace}/models/heart/versions/2", (string?)sent["properties"]!["model"]);
        Assert.Equal("PT30S", (string?)sent["properties"]!["requestSettings"]!["requestTimeout"]);
        Assert.Equal(["deployment heart/green in workspace space | Create"], _workspace.Context.Questions);
    }

    [Fact]
    public async Task CreateAsync_Fails_ErrorHasTheDeploymentAndBothLogs()
    {
        _workspace.Arm.FailureOf = _ => new JsonObject { ["code"] = "ResourceNotReady", ["message"] = "User container has crashed." };

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => CreateAsync(Specification("green")));

        Assert.Equal(MlErrorIds.DeploymentFailed, error.ErrorId);
        Assert.Equal("green", Assert.IsType<MlDeployment>(error.Target).Name);
        Assert.Contains("[storage-initializer] last line of the log", error.LogLines);
        Assert.Contains("[inference-server] last line of the log", error.LogLines);
        Assert.Contains("last line of the log", error.Message, StringComparison.Ordinal);
        Assert.Contains("ReplaceFailed", error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Equal("""{"blue":100}""", _workspace.Arm["onlineEndpoints/heart"]!["properties"]!["traffic"]!.ToJsonString());
    }

    [Fact]
    public async Task CreateAsync_AllTrafficBesideAnother_IsRefusedBeforeAnyWrite()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreateAsync(Specification("green", allTraffic: true)));

        Assert.Equal(MlErrorIds.TrafficInUse, error.ErrorId);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_AllTrafficOfTheFirst_IsOneQuestionAndSetsIt()
    {
        _workspace.Arm.AddEndpoint("fresh");

        MlDeploymentResult? result = await CreateAsync(Specification("blue", endpoint: "fresh", allTraffic: true));

        Assert.Equal((100, null), (result!.Deployment.TrafficWeight, result.LaterError));
        Assert.Equal(["deployment fresh/blue in workspace space | Create and give it all traffic"], _workspace.Context.Questions);
    }

    [Fact]
    public async Task CreateAsync_TrafficStepFails_EmitsTheDeploymentWithTheError()
    {
        _workspace.Arm.AddEndpoint("fresh");
        _workspace.Arm.Intercept = (request, _) => request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith("/fresh", StringComparison.Ordinal)
            ? FakeArm.Error(400, "BadRequest", "no")
            : null;

        MlDeploymentResult? result = await CreateAsync(Specification("blue", endpoint: "fresh", allTraffic: true));

        Assert.Equal(MlProvisioningState.Succeeded, result!.Deployment.ProvisioningState);
        Assert.Equal(MlErrorIds.RequestRefused, result.LaterError!.ErrorId);
    }

    [Fact]
    public async Task CreateAsync_UnregisteredModel_NamesTheNearMatch()
    {
        MlNotFoundException error = await Assert.ThrowsAsync<MlNotFoundException>(
            () => CreateAsync(new() { EndpointName = "heart", Name = "green", Settings = new() { ModelReference = "haert:1", InstanceType = "x" } }));

        Assert.Equal(MlErrorIds.ModelNotFound, error.ErrorId);
        Assert.Contains("'heart'", error.Message, StringComparison.Ordinal);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Theory]
    [InlineData("custom_model", "{}")]
    [InlineData("mlflow_model", """{"spark":{"data":{}}}""")]
    public async Task CreateAsync_ModelWithoutServableFlavor_IsRefusedBeforeAnyWrite(string type, string flavors)
    {
        _workspace.Arm.AddModel("odd", "1", type, flavors);

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => CreateAsync(new() { EndpointName = "heart", Name = "green", Settings = new() { ModelReference = "odd:1", InstanceType = "x" } }));

        Assert.Equal(MlErrorIds.ModelNotServable, error.ErrorId);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_ModelOfAnotherWorkspace_NamesCopyMlModel()
    {
        MlModel foreign = new() { Name = "heart", Version = new MlVersion(1), Id = FakeArm.Workspace.Replace("/space", "/other", StringComparison.Ordinal) + "/models/heart/versions/1", ConnectionId = "c2", WorkspaceName = "other" };

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => CreateAsync(new() { EndpointName = "heart", Name = "green", Settings = new() { Model = foreign, InstanceType = "x" } }));

        Assert.Equal(MlErrorIds.WorkspaceMismatch, error.ErrorId);
        Assert.Contains("Copy-MlModel", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MlIfExists.Error, "2", "Succeeded", MlErrorIds.DeploymentAlreadyExists)]
    [InlineData(MlIfExists.Skip, "2", "Succeeded", MlErrorIds.DeploymentDiffers)]
    [InlineData(MlIfExists.Skip, "1", "Failed", MlErrorIds.DeploymentDiffers)]
    [InlineData(MlIfExists.Update, "2", "Succeeded", MlErrorIds.DeploymentHasTraffic)]
    [InlineData(MlIfExists.ReplaceFailed, "2", "Succeeded", MlErrorIds.DeploymentAlreadyExists)]
    [InlineData(MlIfExists.ReplaceFailed, "2", "Failed", MlErrorIds.DeploymentHasTraffic)]
    public async Task CreateAsync_Existing_IsRefusedUnlessItFits(MlIfExists ifExists, string version, string state, string errorId)
    {
        _workspace.Arm.AddDeployment("heart", "blue", state);

        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => CreateAsync(Specification("blue", version: version, ifExists: ifExists)));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_SkipTheSame_ReturnsItUnchanged()
    {
        MlDeploymentResult? result = await CreateAsync(Specification("blue", version: "1", ifExists: MlIfExists.Skip));

        Assert.Equal(100, result!.Deployment.TrafficWeight);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_ReplaceFailed_DeletesAndMakesItAgain()
    {
        _workspace.Arm.AddDeployment("heart", "green", "Failed");

        MlDeploymentResult? result = await CreateAsync(Specification("green", ifExists: MlIfExists.ReplaceFailed));

        Assert.Equal(MlProvisioningState.Succeeded, result!.Deployment.ProvisioningState);
        Assert.Equal(["DELETE onlineEndpoints/heart/deployments/green", "PUT onlineEndpoints/heart/deployments/green"], _workspace.Arm.Writes);
        Assert.Single(_workspace.Context.Questions);
    }

    [Fact]
    public async Task UpdateAsync_InstanceCountAndTags_IsAPatchAndAllowedLive()
    {
        MlDeployment? updated = await _workspace.Connection.Deployments.UpdateAsync(
            "heart", "blue", new() { InstanceCount = 4, Tags = new Dictionary<string, string?> { ["a"] = "b" } }, false, false, null, _workspace.Context, default);

        Assert.Equal(4, updated!.InstanceCount);
        Assert.Equal(["PATCH onlineEndpoints/heart/deployments/blue"], _workspace.Arm.Writes);
    }

    [Fact]
    public async Task UpdateAsync_Settings_KeepsUnknownFieldsAndTheFreshInstanceCount()
    {
        _workspace.Context.OnAsked = () =>
        {
            JsonObject scaled = _workspace.Arm["onlineEndpoints/heart/deployments/blue"]!;
            scaled["sku"]!["capacity"] = 7;
            _workspace.Arm["onlineEndpoints/heart/deployments/blue"] = scaled;
            return Task.CompletedTask;
        };

        MlDeployment? updated = await _workspace.Connection.Deployments.UpdateAsync(
            "heart", "blue", new() { Description = "x" }, allowLive: true, false, null, _workspace.Context, default);

        Assert.Equal(7, updated!.InstanceCount);
        Assert.Equal("kept", (string?)JsonNode.Parse(_workspace.Arm.Bodies.Single().Body)!["properties"]!["futureField"]);
    }

    [Fact]
    public async Task UpdateAsync_AdditionalProperties_AreMergedLast()
    {
        await _workspace.Connection.Deployments.UpdateAsync(
            "heart",
            "blue",
            new() { AdditionalProperties = new Dictionary<string, object?> { ["newThing"] = new Dictionary<string, object> { ["n"] = 1, ["list"] = new object[] { "a", true } } } },
            allowLive: true, false, null, _workspace.Context, default);

        Assert.Equal("""{"n":1,"list":["a",true]}""", JsonNode.Parse(_workspace.Arm.Bodies.Single().Body)!["properties"]!["newThing"]!.ToJsonString());
    }

    [Fact]
    public async Task RemoveAsync_WithTraffic_IsRefusedAndNamesTheWay()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => _workspace.Connection.Deployments.RemoveAsync("heart", "blue", null, false, null, _workspace.Context, default));

        Assert.Equal(MlErrorIds.DeploymentHasTraffic, error.ErrorId);
        Assert.Contains("-MoveTrafficTo", error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task RemoveAsync_MoveTrafficTo_MovesThenDeletes()
    {
        _workspace.Arm.AddDeployment("heart", "green");

        await _workspace.Connection.Deployments.RemoveAsync("heart", "blue", "green", false, null, _workspace.Context, default);

        Assert.Equal(["PUT onlineEndpoints/heart", "DELETE onlineEndpoints/heart/deployments/blue"], _workspace.Arm.Writes);
        Assert.Equal("""{"blue":0,"green":100}""", _workspace.Arm["onlineEndpoints/heart"]!["properties"]!["traffic"]!.ToJsonString());
        Assert.Equal(["deployment heart/blue in workspace space | Move its traffic (live 100 %) to green, then delete"], _workspace.Context.Questions);
    }

    [Fact]
    public async Task RemoveAsync_Mirrored_IsRefused()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", """{"green":10}""", "blue", "green");

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => _workspace.Connection.Deployments.RemoveAsync("heart", "green", null, false, null, _workspace.Context, default));

        Assert.Contains("mirrored 10 %", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b c", "b c d", "d")]
    [InlineData("a b c", "a b c", "")]
    [InlineData("", "a b", "a b")]
    [InlineData("a b", "x y", "x y")]
    [InlineData("a a", "a a a", "a")]
    public void NewLines_TwoTails_GivesWhatFollowsTheirOverlap(string before, string now, string expected) =>
        Assert.Equal(expected, string.Join(' ', DeploymentLogs.NewLines(Lines(before), Lines(now))));

    private static string[] Lines(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static MlDeploymentSpecification Specification(
        string name, string endpoint = "heart", string version = "2", bool allTraffic = false, MlIfExists ifExists = MlIfExists.Error) => new()
    {
        EndpointName = endpoint,
        Name = name,
        AllTraffic = allTraffic,
        IfExists = ifExists,
        Settings = new() { ModelReference = $"azureml:heart:{version}", InstanceType = "Standard_DS3_v2", InstanceCount = 3, RequestTimeout = TimeSpan.FromSeconds(30) },
    };

    private Task<MlDeploymentResult?> CreateAsync(MlDeploymentSpecification specification) =>
        _workspace.Connection.Deployments.CreateAsync(specification, _workspace.Context, default);
}
