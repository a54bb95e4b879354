using System.Collections.Concurrent;
using MlflowRollout.Emulator.Serving.Python;

namespace MlflowRollout.Emulator.Tests.Serving.Python;

/// <summary>Hands out fake workers; some starts can be made to fail.</summary>
internal sealed class FakeLauncher : IWorkerLauncher, IDisposable
{
    private readonly SemaphoreSlim _launches = new(0);
    private int _count;

    public ConcurrentQueue<FakeWorker> Workers { get; } = new();

    /// <summary>Says by the number of the launch (from 1) whether it fails.</summary>
    public Func<int, bool> Fails { get; set; } = _ => false;

    public Func<int, FakeWorker> Create { get; set; } = number => new FakeWorker(100 + number);

    public int Launches => Volatile.Read(ref _count);

    public Task<IWorker> LaunchAsync(int number, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var launch = Interlocked.Increment(ref _count);
        if (Fails(launch))
        {
            _launches.Release();
            throw new WorkerStartException($"launch {launch} fails");
        }

        var worker = Create(launch);
        Workers.Enqueue(worker);
        _launches.Release();
        return Task.FromResult<IWorker>(worker);
    }

    public void Dispose() => _launches.Dispose();

    /// <summary>Completes when one more launch was made.</summary>
    public async Task LaunchedAsync() => Xunit.Assert.True(await _launches.WaitAsync(TimeSpan.FromSeconds(30)), "no launch");
}
