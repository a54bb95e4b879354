using MlflowRollout.Emulator.Serving;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

public sealed class MirrorTests : IAsyncLifetime
{
    private GatewayHarness _gateway = null!;

    public Task InitializeAsync()
    {
        _gateway = GatewayHarness.Create();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Score_Mirrored_CopiesTheBodyAfterReplying()
    {
        await PublishAsync(mirrorWeight: 100);
        _gateway["green"].Door = new SemaphoreSlim(0);

        var answer = await _gateway.ScoreAsync("{\"n\":1}");

        Assert.Equal((200, "blue"), (answer.Status, answer.Header("azureml-model-deployment")));
        await _gateway["green"].ArrivalAsync();
        Assert.Equal(["{\"n\":1}"], _gateway["green"].Bodies);
        _gateway["green"].Door!.Release();
    }

    [Fact]
    public async Task Score_Pinned_IsNeverMirrored()
    {
        await PublishAsync(mirrorWeight: 100);

        await _gateway.ScoreAsync("{\"pinned\":1}", pin: "blue");
        await _gateway.ScoreAsync("{\"weighted\":1}");

        await _gateway["green"].ArrivalAsync();
        Assert.Equal(["{\"weighted\":1}"], _gateway["green"].Bodies);
    }

    [Fact]
    public async Task Score_MirrorFails_TheReplyDoesNot()
    {
        await PublishAsync(mirrorWeight: 100);
        _gateway["green"].Failure = (500, "Internal Server Error", "{}");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await _gateway.ScoreAsync()).Status);
            await _gateway["green"].ArrivalAsync();
        }
    }

    [Fact]
    public async Task Score_MirrorIsFull_DropsCopiesAndCountsThem()
    {
        await PublishAsync(mirrorWeight: 100);
        var door = _gateway["green"].Door = new SemaphoreSlim(0);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await _gateway.ScoreAsync()).Status);
        }

        var minutes = _gateway.Plane.Metrics.Read(GatewayHarness.Endpoint, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        Assert.Equal(3, minutes.Where(m => m.DeploymentName == "green").SelectMany(m => m.Counts).Where(c => c.Status == 429).Sum(c => c.Count));
        door.Release(2);
        await _gateway["green"].ArrivalAsync();
        await _gateway["green"].ArrivalAsync();
    }

    [Fact]
    public async Task Score_HalfMirrored_CopiesAboutHalf()
    {
        await PublishAsync(mirrorWeight: 50, mirrorConcurrency: 4000);
        const int Sent = 2000;

        for (var i = 0; i < Sent; i++)
        {
            await _gateway.ScoreAsync();
        }

        await _gateway.Plane.DisposeAsync();
        var copies = _gateway["green"].Bodies.Count;
        // Six standard deviations of a binomial; the draws are seeded.
        Assert.InRange(copies, 1000 - 135, 1000 + 135);
    }

    private async Task PublishAsync(int mirrorWeight, int mirrorConcurrency = 1)
    {
        var blue = await _gateway.StartAsync("blue", concurrency: 8);
        var green = await _gateway.StartAsync("green", concurrency: mirrorConcurrency);
        _gateway.Publish([new DeploymentRoute(blue, 100, 0), new DeploymentRoute(green, 0, mirrorWeight)]);
    }
}
