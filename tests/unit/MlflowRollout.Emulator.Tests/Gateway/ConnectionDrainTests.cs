using Microsoft.AspNetCore.Http;
using MlflowRollout.Emulator.Gateway;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

public sealed class ConnectionDrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConnectionDrain _drain = new(new StandingClock());

    [Fact]
    public async Task QuietAsync_NoConnection_CompletesAtOnce() => await _drain.QuietAsync().WaitAsync(Patience);

    [Fact]
    public async Task QuietAsync_LastConnectionEnds_CompletesThen()
    {
        TaskCompletionSource end = new();
        Task connection = _drain.TrackAsync(() => end.Task);

        Task quiet = _drain.QuietAsync();
        Assert.False(quiet.IsCompleted);
        end.SetResult();

        await connection;
        await quiet.WaitAsync(Patience);
    }

    [Fact]
    public async Task Arrived_OnlyOnceTheEndWasAskedFor_TellsTheClientToClose()
    {
        DefaultHttpContext before = new();
        DefaultHttpContext after = new();

        _drain.Arrived(before);
        await _drain.QuietAsync();
        _drain.Arrived(after);
        _drain.Answering(before.Response.Headers);

        Assert.Equal("close", after.Response.Headers.Connection);
        Assert.Equal("close", before.Response.Headers.Connection);
    }

    [Fact]
    public void Arrived_InService_SaysNothing()
    {
        DefaultHttpContext http = new();

        _drain.Arrived(http);
        _drain.Answering(http.Response.Headers);

        Assert.Empty(http.Response.Headers);
    }

    /// <summary>No time passes, so that nothing completes by a time-out.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
