using System.Text.Json.Nodes;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Traffic;

public sealed class TrafficClientTests : IDisposable
{
    private const string Live = """{"blue":90,"green":10}""";

    private readonly TestWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task SetAsync_BetweenDeploymentsWithTraffic_TakesOneGetOnePutThePollsAndOneGet()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);
        _workspace.Arm.PollsToEnd = 3;

        MlTraffic? traffic = await SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 50 });

        Assert.Equal("blue=50 green=50", traffic!.ToString());
        Assert.Equal(
            ["GET onlineEndpoints/heart", "PUT onlineEndpoints/heart", "GET operations/oe:1", "GET operations/oe:1", "GET operations/oe:1", "GET onlineEndpoints/heart"],
            _workspace.Arm.Calls);
        Assert.Equal(["endpoint heart in workspace space | Set traffic blue=50 green=50"], _workspace.Context.Questions);
    }

    [Fact]
    public async Task SetAsync_FirstTrafficOfADeployment_ReadsThatDeploymentOnce()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue", "green"]);

        await SetAsync(new() { EndpointName = "heart", DeploymentName = "GREEN", Weight = 10 });

        Assert.Equal(1, _workspace.Arm.Calls.Count(call => call.StartsWith("GET onlineEndpoints/heart/deployments", StringComparison.Ordinal)));
        Assert.Equal("""{"blue":90,"green":10}""", _workspace.Arm["onlineEndpoints/heart"]!["properties"]!["traffic"]!.ToJsonString());
    }

    [Fact]
    public async Task SetAsync_UnknownFieldsAndMirror_AreKept()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100,"red":0}""", """{"red":20}""", "blue", "green", "red");

        await SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 10 });

        JsonObject sent = (JsonObject)JsonNode.Parse(_workspace.Arm.Bodies.Single().Body)!;
        Assert.Equal("""{"red":20}""", sent["properties"]!["mirrorTraffic"]!.ToJsonString());
        Assert.Equal("kept", (string?)sent["properties"]!["futureField"]);
        Assert.Equal(1, (int?)sent["futureTopLevel"]!["a"]);
        Assert.Equal("me", (string?)sent["tags"]!["owner"]);
        Assert.Equal("""{"custom":"kept"}""", sent["properties"]!["properties"]!.ToJsonString());
        Assert.Null(sent["properties"]!["provisioningState"]);
        Assert.Null(sent["identity"]!["principalId"]);
    }

    [Fact]
    public async Task SetAsync_BusyEndpoint_WaitsAndMergesOnWhatIsThereThen()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green", "red"]);
        bool once = true;
        _workspace.Arm.Intercept = (request, _) =>
        {
            if (once && request.Method == HttpMethod.Put)
            {
                once = false;
                JsonObject changed = _workspace.Arm["onlineEndpoints/heart"]!;
                changed["properties"]!["mirrorTraffic"] = new JsonObject { ["red"] = 5 };
                _workspace.Arm["onlineEndpoints/heart"] = changed;
                return FakeArm.Error(409, "Conflict", "The endpoint is in Updating provisioning state.");
            }

            return null;
        };

        MlTraffic? traffic = await SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 20 });

        Assert.Equal("blue=80 green=20", traffic!.ToString());
        Assert.Equal("red=5", traffic.MirrorTraffic.ToString());
    }

    [Fact]
    public async Task SetAsync_WholeMapAndAnotherWriterMeanwhile_IsAConflictAndOverwritesNothing()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);
        WorkspaceConnection other = _workspace.Connect();
        _workspace.Context.OnAsked = () => other.Traffic.SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 70 }, new RecordingContext(), default);

        MlConflictException error = await Assert.ThrowsAsync<MlConflictException>(
            () => SetAsync(new() { EndpointName = "heart", Traffic = TrafficArithmeticTests.Parse("blue=0 green=100") }));

        Assert.Equal(MlErrorIds.ResourceConflict, error.ErrorId);
        Assert.Contains("blue=30 green=70", error.Message, StringComparison.Ordinal);
        Assert.Equal("""{"blue":30,"green":70}""", _workspace.Arm["onlineEndpoints/heart"]!["properties"]!["traffic"]!.ToJsonString());
    }

    [Fact]
    public async Task SetAsync_MirrorAndLiveFromTwoProcesses_KeepsBoth()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green", "red"]);
        WorkspaceConnection other = _workspace.Connect();
        _workspace.Context.OnAsked = () =>
            other.Traffic.SetAsync(new() { EndpointName = "heart", MirrorTraffic = TrafficArithmeticTests.Parse("red=10") }, new RecordingContext(), default);

        MlTraffic? traffic = await SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 40 });

        Assert.Equal("blue=60 green=40", traffic!.ToString());
        Assert.Equal("red=10", traffic.MirrorTraffic.ToString());
    }

    [Fact]
    public async Task SetAsync_OtherReadsJustBeforeTheWrite_KeepsBoth()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green", "red"]);
        WorkspaceConnection other = _workspace.Connect();
        TaskCompletionSource hasRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingContext asked = new()
        {
            OnAsked = () =>
            {
                hasRead.SetResult();
                return Task.CompletedTask;
            },
        };
        Task? mirror = null;
        _workspace.Arm.Before = request =>
        {
            // The first write is on its way: what the other reads now is the state before it.
            if (request.Method != HttpMethod.Put || mirror is not null)
            {
                return Task.CompletedTask;
            }

            mirror = Task.Run(() => other.Traffic.SetAsync(new() { EndpointName = "heart", MirrorTraffic = TrafficArithmeticTests.Parse("red=10") }, asked, default));
            return Task.WhenAny(hasRead.Task, mirror);
        };

        await SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 40 });
        await mirror!;

        JsonNode properties = _workspace.Arm["onlineEndpoints/heart"]!["properties"]!;
        Assert.Equal("""{"blue":60,"green":40}""", properties["traffic"]!.ToJsonString());
        Assert.Equal("""{"red":10}""", properties["mirrorTraffic"]!.ToJsonString());
    }

    [Fact]
    public async Task SetAsync_ManyWritersAtOnce_NoFieldIsLost()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100,"green":0}""", deployments: ["blue", "green", "red"]);
        Task live = Task.Run(() => RepeatAsync(_workspace.Connect(), round => new() { EndpointName = "heart", DeploymentName = "green", Weight = round }));
        Task mirror = Task.Run(() => RepeatAsync(_workspace.Connect(), round => new() { EndpointName = "heart", MirrorTraffic = TrafficArithmeticTests.Parse($"red={round}") }));

        await Task.WhenAll(live, mirror);

        JsonNode properties = _workspace.Arm["onlineEndpoints/heart"]!["properties"]!;
        Assert.Equal("""{"blue":75,"green":25}""", properties["traffic"]!.ToJsonString());
        Assert.Equal("""{"red":25}""", properties["mirrorTraffic"]!.ToJsonString());
    }

    [Fact]
    public async Task SetAsync_OverwrittenBeforeTheVerifyingGet_IsReported()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);
        using TemporaryFolder elsewhere = new();
        WorkspaceConnection otherMachine = _workspace.Connect(elsewhere.Path);
        bool once = true;
        _workspace.Arm.Before = async request =>
        {
            bool verifying = request.Method == HttpMethod.Get && _workspace.Arm.Calls.Count(call => call == "GET onlineEndpoints/heart") == 2;
            if (once && verifying)
            {
                once = false;
                await otherMachine.Traffic.SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 99 }, new RecordingContext(), default);
            }
        };

        MlConflictException error = await Assert.ThrowsAsync<MlConflictException>(() => SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 20 }));

        Assert.Contains("blue=1 green=99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetAsync_AcceptedButNotApplied_IsNotVerified()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);
        _workspace.Arm.Intercept = (request, _) => request.Method == HttpMethod.Put ? FakeArm.Json(System.Net.HttpStatusCode.OK, _workspace.Arm["onlineEndpoints/heart"]) : null;

        MlServiceException error = await Assert.ThrowsAsync<MlServiceException>(() => SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 20 }));

        Assert.Equal(MlErrorIds.TrafficNotVerified, error.ErrorId);
    }

    [Fact]
    public async Task SetAsync_NotAsExpected_IsRefusedBeforeAnyWrite()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);

        MlConflictException error = await Assert.ThrowsAsync<MlConflictException>(
            () => SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 20, Expected = TrafficArithmeticTests.Parse("blue=100") }));

        Assert.Equal(MlErrorIds.TrafficNotAsExpected, error.ErrorId);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task SetAsync_NoLeave_WritesNothing()
    {
        _workspace.Arm.AddEndpoint("heart", Live, deployments: ["blue", "green"]);

        Assert.Null(await _workspace.Connection.Traffic.SetAsync(new() { EndpointName = "heart", DeploymentName = "green", Weight = 20 }, new RecordingContext { Answer = false }, default));
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Theory]
    [InlineData("blue=90 green=9", null, MlErrorIds.TrafficWeightsInvalid, "sum to 99")]
    [InlineData("blue=-10 green=110", null, MlErrorIds.TrafficWeightsInvalid, "-10")]
    [InlineData("blue=90 gren=10", null, MlErrorIds.DeploymentNotFound, "'green'")]
    [InlineData("blue=90 gren=10 green=0", null, MlErrorIds.DeploymentNotFound, "'green'")]
    [InlineData(null, "green=60", MlErrorIds.TrafficWeightsInvalid, "50 %")]
    [InlineData(null, "blue=10", MlErrorIds.TrafficWeightsInvalid, "one or the other")]
    [InlineData(null, "green=10 red=10", MlErrorIds.TrafficWeightsInvalid, "one deployment")]
    [InlineData("blue=90 red=10", null, MlErrorIds.DeploymentNotReady, "Failed")]
    public async Task SetAsync_BadWeights_AreRefusedBeforeAnyWrite(string? live, string? mirror, string errorId, string says)
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue", "green"]);
        _workspace.Arm.AddDeployment("heart", "red", "Failed");

        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => SetAsync(new()
        {
            EndpointName = "heart",
            Traffic = live is null ? null : TrafficArithmeticTests.Parse(live),
            MirrorTraffic = mirror is null ? null : TrafficArithmeticTests.Parse(mirror),
        }));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RecommendedAction);
        Assert.Empty(_workspace.Arm.Writes);
        Assert.Empty(_workspace.Context.Questions);
    }

    [Fact]
    public async Task SetAsync_FractionInMap_IsRefused()
    {
        MlTrafficMap map = [];
        map["blue"] = 89.5;
        map["green"] = 10.5;

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => SetAsync(new() { EndpointName = "heart", Traffic = map }));

        Assert.Contains("89.5", error.Message, StringComparison.Ordinal);
        Assert.Empty(_workspace.Arm.Calls);
    }

    [Fact]
    public async Task GetAsync_DeploymentsWithoutWeight_HaveExplicitZeros()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue", "green"]);

        Assert.Equal("blue=100 green=0", (await _workspace.Connection.Traffic.GetAsync("heart", default)).ToString());
    }

    private static async Task RepeatAsync(WorkspaceConnection connection, Func<int, MlTrafficChange> change)
    {
        for (int round = 1; round <= 25; round++)
        {
            await connection.Traffic.SetAsync(change(round), new RecordingContext(), default);
        }
    }

    private Task<MlTraffic?> SetAsync(MlTrafficChange change) => _workspace.Connection.Traffic.SetAsync(change, _workspace.Context, default);
}
