using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Serving;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

public sealed class ScoringHandlerTests : IAsyncLifetime
{
    private GatewayHarness _gateway = null!;

    public Task InitializeAsync()
    {
        _gateway = GatewayHarness.Create();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Score_ModelAnswers_HasTheServicesHeaders()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));

        var answer = await _gateway.ScoreAsync(prepare: c => c.Request.Headers["x-ms-client-request-id"] = "abc-1");

        Assert.Equal((200, "[1]"), (answer.Status, answer.Body));
        Assert.Equal("blue", answer.Header("azureml-model-deployment"));
        Assert.Equal("1.500", answer.Header("x-ms-run-fn-exec-ms"));
        Assert.Equal("False", answer.Header("x-ms-run-function-failed"));
        Assert.Equal("azureml-frontdoor", answer.Header("Server"));
        Assert.Equal("abc-1", answer.Header("x-ms-client-request-id"));
        Assert.True(Guid.TryParse(answer.Header("X-Request-ID"), out _));
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData("0123456789012345678901234567890123456789-cut", "0123456789012345678901234567890123456789")]
    [InlineData("not allowed", null)]
    [InlineData("a_b-C9", "a_b-C9")]
    public async Task Score_ClientRequestId_IsCutAndChecked(string sent, string? echoed)
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));

        var answer = await _gateway.ScoreAsync(prepare: c => c.Request.Headers["x-ms-client-request-id"] = sent);

        Assert.Equal(echoed, answer.Header("x-ms-client-request-id"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic " + GatewayHarness.PrimaryKey)]
    [InlineData(GatewayHarness.PrimaryKey)]
    public async Task Score_WithoutAGoodKey_Is401AndReachesNoModel(string? authorization)
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));

        var answer = await _gateway.ScoreAsync(authorization: authorization);

        Assert.Equal((401, "key_auth_access_denied"), (answer.Status, answer.Body));
        Assert.Equal("text/plain", answer.Header("Content-Type"));
        Assert.Empty(_gateway["blue"].Bodies);
    }

    [Theory]
    [InlineData("Bearer " + GatewayHarness.PrimaryKey)]
    [InlineData("bearer " + GatewayHarness.SecondaryKey)]
    public async Task Score_EitherKey_IsGood(string authorization)
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));

        Assert.Equal(200, (await _gateway.ScoreAsync(authorization: authorization)).Status);
    }

    [Fact]
    public async Task Score_TokenMode_AsksTheValidatorAndNoKeyOpens()
    {
        var blue = await _gateway.StartAsync("blue");
        _gateway.Publish([new DeploymentRoute(blue, 100, 0)], EndpointAuthMode.AmlToken, token => token == "good");

        Assert.Equal(200, (await _gateway.ScoreAsync(authorization: "Bearer good")).Status);
        Assert.Equal(401, (await _gateway.ScoreAsync(authorization: "Bearer bad")).Status);
        Assert.Equal(401, (await _gateway.ScoreAsync()).Status);
    }

    [Fact]
    public async Task Score_UnknownEndpoint_Is404() => Assert.Equal(404, (await _gateway.ScoreAsync(endpoint: "nobody")).Status);

    [Fact]
    public async Task Score_NoPositiveWeight_Is404UnlessPinned()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 0));

        var answer = await _gateway.ScoreAsync();

        Assert.Equal(404, answer.Status);
        Assert.Contains("no valid deployment with positive weight", answer.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await _gateway.ScoreAsync(pin: "BLUE")).Status);
    }

    [Fact]
    public async Task Score_PinToUnknownDeployment_Is404AndNamesIt()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));

        var answer = await _gateway.ScoreAsync(pin: "purple");

        Assert.Equal(404, answer.Status);
        Assert.Contains("'purple'", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ModelError_Is424WithTheContainersStatusAndBody()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));
        _gateway["blue"].Failure = (500, "Internal Server Error", "{\"message\":\"no column age\"}");

        var answer = await _gateway.ScoreAsync();

        Assert.Equal((424, "{\"message\":\"no column age\"}"), (answer.Status, answer.Body));
        Assert.Equal("500", answer.Header("ms-azureml-model-error-statuscode"));
        Assert.Equal("Internal Server Error", answer.Header("ms-azureml-model-error-reason"));
        Assert.Equal("True", answer.Header("x-ms-run-function-failed"));
    }

    [Fact]
    public async Task Score_MoreThanTwiceTheConcurrency_Is429()
    {
        _gateway.Publish((await _gateway.StartAsync("blue", concurrency: 1, instances: 2), 100));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        var admitted = Enumerable.Range(0, 4).Select(_ => _gateway.ScoreAsync()).ToArray();

        var refused = await _gateway.ScoreAsync();

        Assert.Equal(429, refused.Status);
        Assert.Contains("Too many pending requests", refused.Body, StringComparison.Ordinal);
        Assert.Equal("blue", refused.Header("azureml-model-deployment"));
        Assert.Equal(2, _gateway["blue"].Bodies.Count);
        door.Release(4);
        Assert.All(await Task.WhenAll(admitted), a => Assert.Equal(200, a.Status));
        Assert.Equal(200, (await Released(_gateway.ScoreAsync(), door)).Status);
    }

    [Fact]
    public async Task Score_ModelTooSlow_Is408AndThePlaceIsFreeAgain()
    {
        _gateway.Publish((await _gateway.StartAsync("blue", timeoutSeconds: 5), 100));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        var slow = _gateway.ScoreAsync();
        await _gateway["blue"].ArrivalAsync();

        _gateway.Clock.Advance(TimeSpan.FromSeconds(5));

        var answer = await slow;
        Assert.Equal((408, "upstream request timeout"), (answer.Status, answer.Body));
        Assert.Equal(200, (await Released(_gateway.ScoreAsync(), door)).Status);
    }

    [Fact]
    public async Task Score_WaitingCountsAsTime_Is408InTheQueue()
    {
        _gateway.Publish((await _gateway.StartAsync("blue", timeoutSeconds: 5), 100));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        var first = _gateway.ScoreAsync();
        await _gateway["blue"].ArrivalAsync();
        _gateway.Clock.Advance(TimeSpan.FromSeconds(3));
        var second = _gateway.ScoreAsync();

        _gateway.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(408, (await first).Status);
        await _gateway["blue"].ArrivalAsync();
        _gateway.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(408, (await second).Status);
        Assert.Equal(200, (await Released(_gateway.ScoreAsync(), door)).Status);
    }

    [Fact]
    public async Task Score_ClientGoesWhileWaiting_FreesItsPlace()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        var first = _gateway.ScoreAsync();
        await _gateway["blue"].ArrivalAsync();
        using var gone = new CancellationTokenSource();
        var second = _gateway.ScoreAsync(prepare: c => c.RequestAborted = gone.Token);
        Assert.Equal(429, (await _gateway.ScoreAsync()).Status);

        await gone.CancelAsync();
        await second;
        var third = _gateway.ScoreAsync();
        door.Release(2);

        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await third).Status);
        Assert.Equal(2, _gateway["blue"].Bodies.Count);
    }

    [Fact]
    public async Task Score_ClientGoesWhileTheModelRuns_FreesItsPlace()
    {
        _gateway.Publish((await _gateway.StartAsync("blue"), 100));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        using var gone = new CancellationTokenSource();
        var first = _gateway.ScoreAsync(prepare: c => c.RequestAborted = gone.Token);
        await _gateway["blue"].ArrivalAsync();

        await gone.CancelAsync();
        await first;

        Assert.Equal(200, (await Released(_gateway.ScoreAsync(), door)).Status);
    }

    [Fact]
    public async Task Dispose_WithRunningAndWaitingRequests_AnswersThemAllFirst()
    {
        var blue = await _gateway.StartAsync("blue");
        var green = await _gateway.StartAsync("green");
        _gateway.Publish((blue, 100), (green, 0));
        var door = _gateway["blue"].Door = new SemaphoreSlim(0);
        var running = _gateway.ScoreAsync();
        var waiting = _gateway.ScoreAsync();

        _gateway.Publish((green, 100));
        var drained = blue.DisposeAsync().AsTask();
        Assert.False(drained.IsCompleted);
        Assert.Equal("green", (await _gateway.ScoreAsync()).Header("azureml-model-deployment"));
        Assert.False(_gateway["blue"].Disposed);
        door.Release(2);

        Assert.Equal(200, (await running).Status);
        Assert.Equal(200, (await waiting).Status);
        await drained;
        Assert.True(_gateway["blue"].Disposed);
    }

    [Fact]
    public async Task Score_DeploymentLeavesAfterTheDraw_IsTriedOnTheNewestSnapshot()
    {
        var random = new HookedRandomSource();
        await using var gateway = new GatewayHarness(random);
        var blue = await gateway.StartAsync("blue");
        var green = await gateway.StartAsync("green");
        gateway.Publish((blue, 100));
        random.OnDraw = () =>
        {
            random.OnDraw = null;
            gateway.Publish((green, 100));
            Assert.True(blue.DisposeAsync().AsTask().IsCompletedSuccessfully);
        };

        var answer = await gateway.ScoreAsync();

        Assert.Equal((200, "green"), (answer.Status, answer.Header("azureml-model-deployment")));
    }

    [Fact]
    public async Task Score_ManyRequestsWhileDeploymentsComeAndGo_NoneFails()
    {
        await using var gateway = new GatewayHarness(new ThreadRandomSource());
        var current = await gateway.StartAsync("d0", concurrency: 64);
        gateway.Publish((current, 100));
        using var stop = new CancellationTokenSource();
        using var underWay = new SemaphoreSlim(0);
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var sent = 0;
            while (!stop.IsCancellationRequested)
            {
                var answer = await gateway.ScoreAsync();
                Assert.Equal((200, "[1]"), (answer.Status, answer.Body));
                if (sent++ == 0)
                {
                    underWay.Release();
                }
            }

            return sent;
        })).ToArray();

        // A busy machine may take its time to start all clients; changes that nobody meets prove nothing.
        for (var started = 0; started < clients.Length; started++)
        {
            await Task.WhenAny([underWay.WaitAsync(), .. clients]);
        }

        for (var i = 1; i <= 200; i++)
        {
            var next = await gateway.StartAsync($"d{i}", concurrency: 64);
            gateway.Publish((current, 50), (next, 50));
            gateway.Publish((next, 100));
            await current.DisposeAsync();
            current = next;
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), sent => Assert.True(sent > 0));
    }

    private static async Task<Answer> Released(Task<Answer> request, SemaphoreSlim door)
    {
        door.Release();
        return await request;
    }

    private sealed class HookedRandomSource : IRandomSource
    {
        private readonly SeededRandomSource _inner = new(7);

        public Action? OnDraw { get; set; }

        public int Next(int exclusiveMaximum)
        {
            OnDraw?.Invoke();
            return _inner.Next(exclusiveMaximum);
        }

        public double NextDouble() => _inner.NextDouble();

        public void NextBytes(Span<byte> destination) => _inner.NextBytes(destination);
    }
}
