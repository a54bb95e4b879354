using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Emulator.Gateway;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

public sealed class AdmissionGateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TryReserve_TwiceTheConcurrency_IsTheLimit()
    {
        var gate = new AdmissionGate(3);

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(Admission.Admitted, gate.TryReserve());
        }

        Assert.Equal(Admission.Full, gate.TryReserve());
        gate.Release();
        Assert.Equal(Admission.Admitted, gate.TryReserve());
    }

    [Fact]
    public async Task WaitToStart_PlacesComeFree_InTheOrderOfArrival()
    {
        var gate = new AdmissionGate(1);
        Assert.True(gate.TryStart());
        var first = gate.WaitToStartAsync(Limit, _clock, default).AsTask();
        var second = gate.WaitToStartAsync(Limit, _clock, default).AsTask();
        Assert.False(gate.TryStart());

        gate.Finish();
        Assert.Equal(QueueOutcome.Started, await first);
        Assert.False(second.IsCompleted);
        gate.Finish();
        Assert.Equal(QueueOutcome.Started, await second);
        Assert.Equal(1, gate.Running);
    }

    [Fact]
    public async Task WaitToStart_TooLong_TimesOutAndLeavesTheLine()
    {
        var gate = new AdmissionGate(1);
        Assert.True(gate.TryStart());
        var waiting = gate.WaitToStartAsync(Limit, _clock, default).AsTask();

        _clock.Advance(Limit);

        Assert.Equal(QueueOutcome.TimedOut, await waiting);
        gate.Finish();
        Assert.Equal(0, gate.Running);
        Assert.True(gate.TryStart());
    }

    [Fact]
    public async Task Close_Empty_IsDrainedAtOnceAndAdmitsNobody()
    {
        var gate = new AdmissionGate(1);

        await gate.CloseAsync();

        Assert.Equal(Admission.Closed, gate.TryReserve());
        Assert.Equal(0, gate.Pending);
    }

    [Fact]
    public async Task Close_WithReservation_DrainsWhenItEnds()
    {
        var gate = new AdmissionGate(1);
        Assert.Equal(Admission.Admitted, gate.TryReserve());

        var drained = gate.CloseAsync();
        Assert.Equal(Admission.Closed, gate.TryReserve());
        Assert.False(drained.IsCompleted);
        gate.Release();

        await drained;
    }

    [Fact]
    public async Task Gate_UnderLoad_NeverRunsMoreThanAllowedAndLosesNoPlace()
    {
        var gate = new AdmissionGate(3);
        var running = 0;
        var most = 0;
        var workers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5000; i++)
            {
                Assert.Equal(Admission.Admitted, gate.TryReserve());
                if (!gate.TryStart())
                {
                    Assert.Equal(QueueOutcome.Started, await gate.WaitToStartAsync(TimeSpan.FromMinutes(5), TimeProvider.System, default));
                }

                var now = Interlocked.Increment(ref running);
                int seen;
                while (now > (seen = Volatile.Read(ref most)))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                if (i % 16 == 0)
                {
                    await Task.Yield();
                }

                Interlocked.Decrement(ref running);
                gate.Finish();
                gate.Release();
            }
        }));

        await Task.WhenAll(workers);

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (gate.Running, gate.Pending));
    }
}
