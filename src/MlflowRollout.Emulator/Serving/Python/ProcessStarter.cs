using System.Collections.Concurrent;
using System.Diagnostics;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>
/// Starts processes on one thread that lives as long as the emulator. Linux kills a process that asked for it when the thread that started
/// it ends, and threads of the pool come and go.
/// </summary>
internal sealed class ProcessStarter : IDisposable
{
    private readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> _orders = [];
    private readonly Lazy<Thread> _thread;

    public ProcessStarter()
    {
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Work) { IsBackground = true, Name = "Python worker starter" };
            thread.Start();
            return thread;
        });
    }

    /// <summary>Starts a process; fails as <see cref="Process.Start()"/> does.</summary>
    public Task StartAsync(Process process)
    {
        _ = _thread.Value;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Add((process, started));
        return started.Task;
    }

    /// <summary>Ends the thread, and on Linux any process that is still there.</summary>
    public void Dispose()
    {
        _orders.CompleteAdding();
        if (_thread.IsValueCreated)
        {
            _thread.Value.Join();
        }

        _orders.Dispose();
    }

    private void Work()
    {
        foreach (var (process, started) in _orders.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
#pragma warning disable CA1031 // Whatever a start throws is its caller's; this thread goes on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                started.SetException(failure);
            }
        }
    }
}
