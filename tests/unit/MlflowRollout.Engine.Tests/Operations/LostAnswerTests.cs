using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Operations;

/// <summary>Changes whose answer does not arrive are made once.</summary>
public sealed class LostAnswerTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();

    public LostAnswerTests()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":90,"green":10}""", deployments: ["blue", "green"]);
    }

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData(500)]
    [InlineData(504)]
    [InlineData(0)]
    public async Task SetTraffic_AnswerLost_IsPutOnceAndWaitedFor(int status)
    {
        _workspace.Arm.PollsToEnd = 3;
        LoseFirst(HttpMethod.Put, status);

        MlTraffic? traffic = await SetAsync(50);

        Assert.Equal("blue=50 green=50", traffic!.ToString());
        Assert.Equal(["PUT onlineEndpoints/heart"], _workspace.Arm.Writes);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    public async Task SetTraffic_RequestLost_IsPutAgain(int status)
    {
        bool first = true;
        _workspace.Arm.Intercept = (request, _) =>
        {
            bool lose = first && request.Method == HttpMethod.Put;
            first &= !lose;
            return lose ? Failure(status) : null;
        };

        Assert.Equal("blue=50 green=50", (await SetAsync(50))!.ToString());
        Assert.Equal(2, _workspace.Arm.Writes.Count());
    }

    [Fact]
    public async Task SetTraffic_NeverAnswered_EndsWithTheError()
    {
        _workspace.Arm.Intercept = (request, _) => request.Method == HttpMethod.Put ? Failure(500) : null;

        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => SetAsync(50));

        Assert.Equal(500, error.StatusCode);
        Assert.InRange(_workspace.Arm.Writes.Count(), 2, 8);
    }

    [Fact]
    public async Task SetTraffic_AnswerLostAndAnotherWriterSince_MergesOnWhatIsThere()
    {
        LoseFirst(HttpMethod.Put, 500, () =>
        {
            JsonObject changed = _workspace.Arm["onlineEndpoints/heart"]!;
            changed["properties"]!["traffic"] = new JsonObject { ["blue"] = 60, ["green"] = 40 };
            _workspace.Arm["onlineEndpoints/heart"] = changed;
        });

        MlTraffic? traffic = await SetAsync(50);

        Assert.Equal("blue=50 green=50", traffic!.ToString());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Scale_AnswerLost_IsPatchedOnceAndWaitedFor(int status)
    {
        LoseFirst(HttpMethod.Patch, status);

        MlDeployment? scaled = await _workspace.Connection.Deployments.UpdateAsync(
            "heart", "green", new MlDeploymentSettings { InstanceCount = 3 }, allowLive: false, noWait: false, null, _workspace.Context, default);

        Assert.Equal(3, scaled!.InstanceCount);
        Assert.Equal(["PATCH onlineEndpoints/heart/deployments/green"], _workspace.Arm.Writes);
    }

    private static HttpResponseMessage Failure(int status) =>
        status == 0 ? throw new HttpRequestException("reset") : FakeArm.Error(status, "InternalServerError", "lost");

    private Task<MlTraffic?> SetAsync(int weight) => _workspace.Connection.Traffic.SetAsync(
        new MlTrafficChange { EndpointName = "heart", DeploymentName = "green", Weight = weight }, _workspace.Context, default);

    private void LoseFirst(HttpMethod method, int status, Action? meanwhile = null)
    {
        bool first = true;
        _workspace.Arm.Lose = request =>
        {
            if (!first || request.Method != method)
            {
                return null;
            }

            first = false;
            meanwhile?.Invoke();
            return Failure(status);
        };
    }
}
