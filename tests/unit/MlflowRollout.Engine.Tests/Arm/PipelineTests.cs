using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using Xunit;

namespace MlflowRollout.Engine.Tests.Arm;

public sealed class PipelineTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task List_Pages_FollowsNextLinkAsItIs()
    {
        _workspace.Arm.Intercept = (request, _) => request.RequestUri!.Query switch
        {
            _ when request.RequestUri.AbsolutePath.EndsWith("/deployments", StringComparison.Ordinal) => FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray() }),
            var query when query.Contains("$skip=opaque%2B1", StringComparison.Ordinal) => Page("second", null),
            _ => Page("first", $"{FakeArm.Base}{FakeArm.Workspace}/onlineEndpoints?api-version=2024-10-01&$skip=opaque%2B1"),
        };

        List<string> names = [];
        await foreach (MlEndpoint endpoint in _workspace.Connection.Endpoints.ListAsync(default))
        {
            names.Add(endpoint.Name);
        }

        Assert.Equal(["first", "second"], names);
    }

    [Fact]
    public async Task List_NextLinkToAnotherHost_IsNotFollowed()
    {
        _workspace.Arm.Intercept = (_, _) => Page("first", "https://elsewhere.test/x");

        MlException error = await Assert.ThrowsAnyAsync<MlException>(async () =>
        {
            await foreach (MlEndpoint _ in _workspace.Connection.Endpoints.ListAsync(default))
            {
            }
        });

        Assert.Equal(MlErrorIds.UnexpectedResponse, error.ErrorId);
    }

    [Fact]
    public async Task Get_Throttled_WaitsAsToldAndRetries()
    {
        _workspace.Arm.AddEndpoint("heart");
        int refusals = 2;
        _workspace.Arm.Intercept = (_, _) => refusals-- > 0 ? FakeArm.Error(429, "TooManyRequests", "slow down", ("Retry-After", "7")) : null;

        Assert.Equal("heart", (await _workspace.Connection.ReadEndpointAsync("heart", default)).Name);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], _workspace.Time.Waits);
    }

    [Theory]
    [InlineData(429, MlErrorIds.ServiceThrottled, MlErrorCategory.LimitsExceeded, 5)]
    [InlineData(500, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable, 5)]
    [InlineData(503, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable, 5)]
    [InlineData(400, MlErrorIds.RequestRefused, MlErrorCategory.InvalidArgument, 1)]
    [InlineData(401, MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, 1)]
    [InlineData(403, MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied, 1)]
    [InlineData(501, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable, 1)]
    public async Task Get_Status_HasItsIdCategoryAndAttempts(int status, string errorId, MlErrorCategory category, int attempts)
    {
        _workspace.Arm.Intercept = (_, _) => FakeArm.Error(status, "Code", "the reason", ("x-ms-correlation-request-id", "c-1"));

        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => _workspace.Connection.ReadEndpointAsync("heart", default));

        Assert.Equal((errorId, category, status, "Code", "c-1"), (error.ErrorId, error.Category, error.StatusCode, error.ServiceErrorCode, error.CorrelationId));
        Assert.Contains("the reason", error.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, _workspace.Arm.Calls.Count);
    }

    [Fact]
    public async Task Get_ConnectionRefused_IsUnreachableAfterRetries()
    {
        _workspace.Arm.Intercept = (_, _) => throw new HttpRequestException("Connection refused");

        MlConnectionException error = await Assert.ThrowsAsync<MlConnectionException>(() => _workspace.Connection.ReadEndpointAsync("heart", default));

        Assert.Equal((MlErrorIds.ServiceUnreachable, true), (error.ErrorId, error.IsTerminating));
        Assert.Equal(5, _workspace.Arm.Calls.Count);
    }

    [Fact]
    public async Task RegenerateKeys_ServerError_IsNotRepeated()
    {
        _workspace.Arm.AddEndpoint("heart");
        _workspace.Arm.Intercept = (request, _) => request.RequestUri!.AbsolutePath.EndsWith("/regenerateKeys", StringComparison.Ordinal) ? FakeArm.Error(500, "InternalServerError", "x") : null;

        await Assert.ThrowsAnyAsync<MlException>(() => _workspace.Connection.Endpoints.ResetKeyAsync("heart", MlKeyType.Primary, null, _workspace.Context, default));

        Assert.Single(_workspace.Arm.Calls, call => call.EndsWith("regenerateKeys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_CarryVersionIdAndToken_OnlyToTheService()
    {
        _workspace.Arm.AddEndpoint("heart");
        string? authorization = null;
        _workspace.Arm.Intercept = (request, _) =>
        {
            authorization = request.Headers.Authorization?.ToString();
            Assert.Contains("api-version=2024-10-01", request.RequestUri!.Query, StringComparison.Ordinal);
            Assert.True(request.Headers.Contains("x-ms-client-request-id"));
            return null;
        };

        await _workspace.Connection.ReadEndpointAsync("heart", default);

        Assert.Equal("Bearer planted-token", authorization);
    }

    private static HttpResponseMessage Page(string name, string? next) => FakeArm.Json(
        HttpStatusCode.OK,
        new JsonObject { ["value"] = new JsonArray(new JsonObject { ["name"] = name, ["properties"] = new JsonObject() }), ["nextLink"] = next });
}
