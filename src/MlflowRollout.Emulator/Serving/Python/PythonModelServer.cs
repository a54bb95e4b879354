using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>
/// Serves a model from worker processes, one for each instance. A worker runs one request at a time, as the inference server does with its
/// default of one worker process; what the deployment admits beyond that waits here.
/// </summary>
internal sealed class PythonModelServer : IModelServer
{
    private readonly WorkerSlot[] _slots;
    private readonly WorkerPool _pool;
    private readonly ObjectPool<PythonCall> _calls;

    private PythonModelServer(WorkerSlot[] slots, WorkerPool pool, PythonPlan plan, ServiceDescription description)
    {
        _slots = slots;
        _pool = pool;
        _calls = new DefaultObjectPool<PythonCall>(new CallPolicy(plan), 64);
        Description = description;
    }

    public bool EnforcesDeadline => false;

    public ServiceDescription Description { get; }

    /// <summary>Starts the workers and returns when all have loaded the model.</summary>
    /// <exception cref="WorkerStartException">One did not.</exception>
    public static async Task<PythonModelServer> StartAsync(
        IWorkerLauncher launcher,
        PythonPlan plan,
        ServiceDescription description,
        ModelServerContext context,
        WorkerSettings settings,
        CancellationToken cancellationToken)
    {
        var pool = new WorkerPool(context.Time);
        var slots = new WorkerSlot[context.Specification.InstanceCount];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = new WorkerSlot(i, launcher, pool, settings, context.Log, context.Time);
        }

        var server = new PythonModelServer(slots, pool, plan, description);
        try
        {
            // The first shows whether the model loads at all; the others load side by side, no more at a time than there are processors.
            await slots[0].StartAsync(cancellationToken).ConfigureAwait(false);
            var limits = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(slots.Skip(1), limits, static async (slot, token) => await slot.StartAsync(token).ConfigureAwait(false)).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken)
    {
        var call = _calls.Get();
        try
        {
            call.Input.ReadInto(call.Request, exchange.Request.Span, exchange.ContentType);
        }
        catch (InputException refusal)
        {
            exchange.Refuse(refusal);
            Keep(call);
            return;
        }

        CallOutcome outcome;
        do
        {
            var worker = await _pool.TakeAsync(cancellationToken).ConfigureAwait(false);

            // Where the caller gives up the run goes on, and the call stays the worker's: it is not used again.
            outcome = await RunAsync(worker, call).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (outcome == CallOutcome.NotTaken);

        if (outcome == CallOutcome.Lost)
        {
            exchange.LoseContainer("The Python worker process ended while it ran this request. Check the logs for more info.");
        }
        else
        {
            exchange.ExecutionMilliseconds = call.Execution;
            if (call.ReplyKind == FrameKind.Result)
            {
                exchange.ResponseWriter.Write(call.Body);
            }
            else
            {
                exchange.FailFunction(call.BodyText);
            }
        }

        Keep(call);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_slots.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);

    private async Task<CallOutcome> RunAsync(IWorker worker, PythonCall call)
    {
        var outcome = await worker.CallAsync(call).ConfigureAwait(false);
        _pool.Return(worker, outcome == CallOutcome.Answered);
        return outcome;
    }

    private void Keep(PythonCall call)
    {
        if (!call.IsOversized)
        {
            call.Request.Clear();
            call.Reply.Clear();
            _calls.Return(call);
        }
    }

    private sealed class CallPolicy(PythonPlan plan) : PooledObjectPolicy<PythonCall>
    {
        public override PythonCall Create() => new(plan);

        public override bool Return(PythonCall obj) => true;
    }
}
