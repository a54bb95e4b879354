using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Serving.Python;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving.Python;

/// <summary>Restarts, back-off and the liveness probe, on a clock that the tests move.</summary>
public sealed class WorkerSupervisionTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLauncher _launcher = new();
    private readonly WorkerSettings _settings = WorkerSettings.For(TimeSpan.FromSeconds(5));
    private readonly WorkerPool _pool;
    private readonly ContainerLog _log;
    private readonly WorkerSlot _slot;
    private bool _slotDisposed;

    public WorkerSupervisionTests()
    {
        _pool = new WorkerPool(_clock);
        _log = new ContainerLog(_clock, "azmlinfsrv", 7);
        _slot = new WorkerSlot(0, _launcher, _pool, _settings, _log, _clock);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (!_slotDisposed)
        {
            await _slot.DisposeAsync();
        }
    }

    public void Dispose() => _launcher.Dispose();

    [Fact]
    public async Task Start_FirstWorkerFails_Throws()
    {
        _launcher.Fails = _ => true;

        await Assert.ThrowsAsync<WorkerStartException>(() => _slot.StartAsync(default));

        Assert.Equal(1, _launcher.Launches);
    }

    [Fact]
    public async Task Worker_Dies_IsReplacedAfterADelay()
    {
        var first = await StartAsync();

        first.Die();
        await first.Disposed;
        await RestartAsync(_settings.DelayAfter(1));

        Assert.Equal(102, (await _pool.TakeAsync(default)).ProcessId);
        Assert.Contains("Worker (pid:101) of instance 0 ended: it was sent SIGKILL", _log.Read(100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_StartsThatFail_AreMadeEverMoreSeldom()
    {
        var first = await StartAsync();
        _launcher.Fails = launch => launch < 9;

        first.Die();
        await first.Disposed;
        for (var failures = 1; failures <= 8; failures++)
        {
            await RestartAsync(_settings.DelayAfter(failures));
        }

        Assert.Equal(9, _launcher.Launches);
        Assert.Equal(109, (await _pool.TakeAsync(default)).ProcessId);
        Assert.Contains("launch 8 fails", _log.Read(100), StringComparison.Ordinal);
    }

    [Fact]
    public void DelayAfter_Failures_DoublesUpToTheLongest()
    {
        var delays = Enumerable.Range(0, 64).Select(_settings.DelayAfter).ToList();

        Assert.Equal(TimeSpan.FromMilliseconds(100), delays[0]);
        Assert.Equal(TimeSpan.FromMilliseconds(800), delays[3]);
        Assert.All(delays.Zip(delays.Skip(1)), pair => Assert.True(pair.Second >= pair.First));
        Assert.Equal(_settings.LongestDelay, delays[^1]);
    }

    [Fact]
    public async Task Worker_ThatAnsweredARequest_StartsTheDelaysAnew()
    {
        var worker = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var taken = await _pool.TakeAsync(default);
            _pool.Return(taken, answered: true);
            worker.Die();
            await worker.Disposed;
            await RestartAsync(_settings.DelayAfter(0));
            worker = _launcher.Workers.Last();
        }

        Assert.Equal(6, _launcher.Launches);
    }

    [Fact]
    public async Task Probe_IdleWorkerThatDoesNotAnswer_IsKilledAndReplaced()
    {
        var first = await StartAsync();
        _clock.Advance(_settings.ProbePeriod);
        Assert.Null(first.KilledFor);
        first.AnswersPings = false;

        await AdvanceUntilAsync(() => first.KilledFor is not null, _settings.ProbePeriod);

        Assert.Contains("liveness probe", first.KilledFor, StringComparison.Ordinal);
        await first.Disposed;
        await AdvanceUntilAsync(() => _launcher.Launches == 2, _settings.DelayAfter(1));
    }

    [Fact]
    public async Task Probe_BusyWorker_IsKilledOnlyWhenItsRequestRunsTooLong()
    {
        var first = await StartAsync();
        await _pool.TakeAsync(default);

        await AdvanceUntilAsync(() => first.KilledFor is not null, _settings.ProbePeriod);

        Assert.True(_clock.GetUtcNow() - _clock.Start > _settings.LongestRun);
        Assert.Contains("one request ran for more than 15 s", first.KilledFor, StringComparison.Ordinal);
        Assert.Equal(0, first.Pings);
    }

    [Fact]
    public async Task Dispose_WhileWaitingToRestart_Ends()
    {
        var first = await StartAsync();
        first.Die();
        await first.Disposed;

        await _slot.DisposeAsync();
        _slotDisposed = true;

        Assert.Equal(1, _launcher.Launches);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _launcher.Launches);
    }

    private async Task<FakeWorker> StartAsync()
    {
        await _slot.StartAsync(default);
        await _launcher.LaunchedAsync();
        return _launcher.Workers.Single();
    }

    /// <summary>A restart comes when that much time has passed, and not before.</summary>
    private async Task RestartAsync(TimeSpan delay)
    {
        var launches = _launcher.Launches;
        var line = FormattableString.Invariant($"starts a new worker in {delay.TotalSeconds:0.###} s");
        while (!_log.Read(1).Contains(line, StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        // The timer is made right after the line is written.
        while (_launcher.Launches == launches)
        {
            _clock.Advance(delay);
            await Task.Yield();
        }

        await _launcher.LaunchedAsync();
    }

    private async Task AdvanceUntilAsync(Func<bool> reached, TimeSpan step)
    {
        while (!reached())
        {
            _clock.Advance(step);
            await Task.Yield();
        }
    }
}
