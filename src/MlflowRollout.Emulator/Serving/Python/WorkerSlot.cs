using System.Globalization;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>One instance of a deployment: keeps one worker running, watches it, and starts another when it ends.</summary>
internal sealed class WorkerSlot : IAsyncDisposable
{
    private readonly int _number;
    private readonly IWorkerLauncher _launcher;
    private readonly WorkerPool _pool;
    private readonly WorkerSettings _settings;
    private readonly ContainerLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public WorkerSlot(int number, IWorkerLauncher launcher, WorkerPool pool, WorkerSettings settings, ContainerLog log, TimeProvider time)
    {
        _number = number;
        _launcher = launcher;
        _pool = pool;
        _settings = settings;
        _log = log;
        _time = time;
    }

    /// <summary>Starts the first worker, then watches over it and its successors.</summary>
    /// <exception cref="WorkerStartException">The first one did not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var first = await _launcher.LaunchAsync(_number, cancellationToken).ConfigureAwait(false);
        _running = SuperviseAsync(first);
    }

    /// <summary>Ends the worker. Requests must have been drained.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(IWorker first)
    {
        var worker = first;
        var failures = 0;
        try
        {
            while (true)
            {
                var began = _time.GetTimestamp();
                _pool.Return(worker, answered: false);
                string reason;
                bool answered;
                try
                {
                    reason = await WatchAsync(worker).ConfigureAwait(false);
                }
                finally
                {
                    answered = _pool.Forget(worker);
                    await worker.DisposeAsync().ConfigureAwait(false);
                }

                _log.Write('E', $"Worker (pid:{worker.ProcessId.ToString(CultureInfo.InvariantCulture)}) of instance {_number} ended: {reason}");
                failures = answered || _time.GetElapsedTime(began) >= _settings.HealthyAfter ? 0 : failures + 1;
                (worker, failures) = await RestartAsync(failures).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The deployment ends.
        }
    }

    private async Task<(IWorker Worker, int Failures)> RestartAsync(int failures)
    {
        while (true)
        {
            var delay = _settings.DelayAfter(failures);
            _log.Write('W', string.Create(CultureInfo.InvariantCulture, $"Instance {_number} starts a new worker in {delay.TotalSeconds:0.###} s"));
            await Task.Delay(delay, _time, _stopping.Token).ConfigureAwait(false);
            try
            {
                return (await _launcher.LaunchAsync(_number, _stopping.Token).ConfigureAwait(false), failures);
            }
            catch (WorkerStartException failure)
            {
                failures++;
                _log.Write('E', failure.Message);
            }
        }
    }

    /// <summary>Waits for the end of a worker, and looks after it meanwhile: the liveness probe.</summary>
    private async Task<string> WatchAsync(IWorker worker)
    {
        while (true)
        {
            try
            {
                return await worker.Ended.WaitAsync(_settings.ProbePeriod, _time, _stopping.Token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await ProbeAsync(worker).ConfigureAwait(false);
            }
        }
    }

    private async Task ProbeAsync(IWorker worker)
    {
        if (_pool.TryTake(worker))
        {
            if (!await worker.PingAsync(_settings.ProbeTimeout).ConfigureAwait(false))
            {
                worker.Kill("the liveness probe had no answer");
            }

            _pool.Return(worker, answered: false);
        }
        else if (_pool.BusyFor(worker) > _settings.LongestRun)
        {
            worker.Kill(string.Create(CultureInfo.InvariantCulture, $"one request ran for more than {_settings.LongestRun.TotalSeconds:0.#} s"));
        }
    }
}
