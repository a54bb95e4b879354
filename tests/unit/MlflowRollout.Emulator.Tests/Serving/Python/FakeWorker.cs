using System.Buffers.Binary;
using System.Collections.Concurrent;
using MlflowRollout.Emulator.Serving.Python;

namespace MlflowRollout.Emulator.Tests.Serving.Python;

/// <summary>A worker without a process: tests say when a call ends, and how.</summary>
internal sealed class FakeWorker(int processId) : IWorker
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int ProcessId => processId;

    public Task<string> Ended => _ended.Task;

    public Task Disposed => _disposed.Task;

    /// <summary>Calls that run now, oldest first; a test completes them.</summary>
    public ConcurrentQueue<(PythonCall Call, TaskCompletionSource<CallOutcome> Done)> Calls { get; } = new();

    /// <summary>Where set, calls end with it at once.</summary>
    public CallOutcome? Always { get; init; }

    public bool AnswersPings { get; set; } = true;

    public int Pings { get; private set; }

    public string? KilledFor { get; private set; }

    public SemaphoreSlim Arrivals { get; } = new(0);

    public Task<CallOutcome> CallAsync(PythonCall call)
    {
        if (Always is { } outcome)
        {
            return Task.FromResult(Finish(call, outcome));
        }

        TaskCompletionSource<CallOutcome> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Calls.Enqueue((call, done));
        Arrivals.Release();
        return done.Task;
    }

    /// <summary>Ends the oldest call.</summary>
    public void End(CallOutcome outcome)
    {
        if (!Calls.TryDequeue(out var running))
        {
            throw new InvalidOperationException("No call runs.");
        }

        running.Done.SetResult(Finish(running.Call, outcome));
    }

    public Task<bool> PingAsync(TimeSpan limit)
    {
        Pings++;
        return Task.FromResult(AnswersPings);
    }

    public void Kill(string reason)
    {
        KilledFor = reason;
        Die(reason);
    }

    /// <summary>The process ends.</summary>
    public void Die(string reason = "it was sent SIGKILL") => _ended.TrySetResult(reason);

    public ValueTask DisposeAsync()
    {
        _ended.TrySetResult("disposed");
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private static CallOutcome Finish(PythonCall call, CallOutcome outcome)
    {
        if (outcome == CallOutcome.Answered)
        {
            call.ReplyKind = FrameKind.Result;
            call.Reply.Clear();
            BinaryPrimitives.WriteDoubleLittleEndian(call.Reply.GetSpan(sizeof(double)), 2.5);
            call.Reply.Advance(sizeof(double));
            "[1]"u8.CopyTo(call.Reply.GetSpan(3));
            call.Reply.Advance(3);
        }

        return outcome;
    }
}
