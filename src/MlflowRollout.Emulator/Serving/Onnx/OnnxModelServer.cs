using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>Serves an ONNX graph in this process, on the thread of the request.</summary>
internal sealed class OnnxModelServer : IModelServer
{
    private readonly OnnxSessionCache.Lease _lease;
    private readonly OnnxPlan _plan;
    private readonly TimeProvider _time;
    private readonly ObjectPool<OnnxRun> _runs;
    private readonly ConcurrentDictionary<OnnxRun, byte> _all = new();
    private readonly ITimer _watch;

    public OnnxModelServer(OnnxSessionCache.Lease lease, OnnxPlan plan, ServiceDescription description, TimeProvider time, TimeSpan requestTimeout)
    {
        _lease = lease;
        _plan = plan;
        _time = time;
        Description = description;
        _runs = new DefaultObjectPool<OnnxRun>(new RunPolicy(this), 256);

        // One look at all runs a few times per timeout, instead of a timer for each request.
        var period = TimeSpan.FromMilliseconds(Math.Clamp(requestTimeout.TotalMilliseconds / 10, 20, 500));
        _watch = time.CreateTimer(static state => ((OnnxModelServer)state!).Look(), this, period, period);
    }

    public bool EnforcesDeadline => true;

    public ServiceDescription Description { get; }

    public ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken)
    {
        var run = _runs.Get();
        var started = _time.GetTimestamp();
        run.Arm(exchange.Deadline);
        var failed = false;
        try
        {
            RequestReader.Read(exchange.Request.Span, exchange.ContentType, run.Input, run.Parameters);
            OnnxReply.Write(exchange.BeginJson(), _plan.Shape, _plan.Outputs, run.Execute(), run.Input.Rows);
        }
        catch (InputException refusal)
        {
            failed = true;
            exchange.Refuse(refusal);
        }
        catch (OnnxRuntimeException failure)
        {
            failed = true;
            exchange.FailFunction($"An unexpected error occurred in scoring script. Check the logs for more info. {failure.Message}");
        }
        finally
        {
            var ended = _time.GetTimestamp();
            exchange.ExecutionMilliseconds = _time.GetElapsedTime(started, ended).TotalMilliseconds;
            var terminated = run.Disarm();
            if (terminated || (!failed && ended > exchange.Deadline))
            {
                exchange.MarkTimedOut();
            }

            Keep(run);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync().ConfigureAwait(false);
        foreach (var run in _all.Keys)
        {
            run.Dispose();
        }

        _all.Clear();
        _lease.Dispose();
    }

    private void Keep(OnnxRun run)
    {
        if (run.IsOversized)
        {
            _all.TryRemove(run, out _);
            run.Dispose();
            return;
        }

        _runs.Return(run);
    }

    private void Look()
    {
        var now = _time.GetTimestamp();
        foreach (var (run, _) in _all)
        {
            run.TerminateIfPast(now);
        }
    }

    private sealed class RunPolicy(OnnxModelServer server) : PooledObjectPolicy<OnnxRun>
    {
        public override OnnxRun Create()
        {
            var run = new OnnxRun(server._plan, server._lease.Session);
            server._all.TryAdd(run, 0);
            return run;
        }

        public override bool Return(OnnxRun obj) => true;
    }
}
