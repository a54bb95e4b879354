using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Operations;

public sealed class OperationTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Wait_LongOperation_TellsStatesAndAHeartbeatEachMinute()
    {
        _workspace.Arm.PollsToEnd = 150;

        MlEndpoint? endpoint = await CreateAsync(new() { Name = "heart" });

        Assert.Equal(MlProvisioningState.Succeeded, endpoint!.ProvisioningState);
        string[] told = [.. _workspace.Context.Informations];
        Assert.Contains(told, line => line.Contains("Creating endpoint heart: Creating", StringComparison.Ordinal));
        Assert.Equal(2, told.Count(line => line.Contains("still Updating", StringComparison.Ordinal)));
        Assert.Contains(told, line => line.Contains("Succeeded", StringComparison.Ordinal));
        Assert.True(_workspace.Context.Progresses.Last().IsCompleted);
        Assert.All(_workspace.Context.Progresses.SkipLast(1), progress => Assert.Null(progress.PercentComplete));
    }

    [Fact]
    public async Task Wait_RetryAfter_IsHonoured()
    {
        _workspace.Arm.PollsToEnd = 4;

        await CreateAsync(new() { Name = "heart" });

        Assert.True(_workspace.Time.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait) >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Wait_DeadlinePasses_IsATimeOutThatNamesTheWayOn()
    {
        _workspace.Arm.PollsToEnd = int.MaxValue;

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => CreateAsync(new() { Name = "heart", Timeout = TimeSpan.FromMinutes(3) }));

        Assert.Equal(MlErrorIds.OperationTimedOut, error.ErrorId);
        Assert.Equal(MlErrorCategory.OperationTimeout, error.Category);
        Assert.Contains("Wait-MlEndpoint", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_Canceled_StopsWaitingOnly()
    {
        _workspace.Arm.PollsToEnd = int.MaxValue;
        using CancellationTokenSource stop = new();
        _workspace.Arm.Intercept = (_, _) =>
        {
            if (_workspace.Arm.Calls.Count == 5)
            {
                stop.Cancel();
            }

            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _workspace.Connection.Endpoints.CreateAsync(new() { Name = "heart" }, _workspace.Context, stop.Token));

        Assert.DoesNotContain(_workspace.Arm.Calls, call => call.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wait_Failed_CarriesCodeReasonAndCorrelation()
    {
        _workspace.Arm.FailureOf = _ => new JsonObject { ["code"] = "OutOfQuota", ["message"] = "Not enough quota." };

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => CreateAsync(new() { Name = "heart" }));

        Assert.Equal(MlErrorIds.EndpointFailed, error.ErrorId);
        Assert.Equal("OutOfQuota", error.ServiceErrorCode);
        Assert.Equal("correlation-1", error.CorrelationId);
        Assert.Contains("Not enough quota.", error.Message, StringComparison.Ordinal);
        Assert.IsType<MlEndpoint>(error.Target);
    }

    [Fact]
    public async Task Wait_EarlyNotFound_IsTolerated()
    {
        int hidden = 3;
        _workspace.Arm.Intercept = (request, _) =>
            request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith("/heart", StringComparison.Ordinal) && _workspace.Arm["onlineEndpoints/heart"] is not null && hidden-- > 0
                ? FakeArm.Error(404, "ResourceNotFound", "not yet")
                : null;

        Assert.Equal(MlProvisioningState.Succeeded, (await CreateAsync(new() { Name = "heart" }))!.ProvisioningState);
    }

    [Fact]
    public async Task Wait_ServiceAwayForAWhile_GoesOn()
    {
        int away = 30;
        _workspace.Arm.PollsToEnd = 2;
        _workspace.Arm.Intercept = (request, _) =>
            request.RequestUri!.AbsolutePath.StartsWith("/operations/", StringComparison.Ordinal) && away-- > 0 ? FakeArm.Error(503, "ServerBusy", "away") : null;

        Assert.Equal(MlProvisioningState.Succeeded, (await CreateAsync(new() { Name = "heart" }))!.ProvisioningState);
    }

    [Fact]
    public async Task Wait_AnswerWithoutOperation_FollowsTheState()
    {
        int polls = 0;
        _workspace.Arm.Intercept = (request, body) =>
        {
            if (request.Method == HttpMethod.Put)
            {
                JsonObject made = (JsonObject)JsonNode.Parse(body)!;
                made["properties"]!["provisioningState"] = "Creating";
                _workspace.Arm["onlineEndpoints/heart"] = made;
                return FakeArm.Json(System.Net.HttpStatusCode.Created, made.DeepClone());
            }

            if (_workspace.Arm["onlineEndpoints/heart"] is { } there && ++polls == 3)
            {
                there["properties"]!["provisioningState"] = "Succeeded";
                _workspace.Arm["onlineEndpoints/heart"] = there;
            }

            return null;
        };

        Assert.Equal(MlProvisioningState.Succeeded, (await CreateAsync(new() { Name = "heart" }))!.ProvisioningState);
    }

    [Fact]
    public async Task WaitEndpoint_StartedByAnother_FollowsTheAddressInTheResource()
    {
        _workspace.Arm.PollsToEnd = 3;
        MlEndpoint? started = await CreateAsync(new() { Name = "heart", NoWait = true });
        Assert.Equal(MlProvisioningState.Creating, started!.ProvisioningState);

        MlEndpoint endpoint = await _workspace.Connect().Endpoints.WaitAsync("heart", null, _workspace.Context, default);

        Assert.Equal(MlProvisioningState.Succeeded, endpoint.ProvisioningState);
        Assert.Contains("GET operations/oe:1", _workspace.Arm.Calls);
    }

    private Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification) =>
        _workspace.Connection.Endpoints.CreateAsync(specification, _workspace.Context, default);
}
