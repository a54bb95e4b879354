using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>
/// Carries out accepted operations, each as a task of its own. What is running when the process ends stays running in
/// the database, and is resumed at the next start.
/// </summary>
internal sealed class OperationRunner(EmulatorContext context, OperationPace pace, FaultBoard faults, OperationExecutor executor) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RunningOperation> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts an operation that its transaction has just stored, or that an earlier process left.</summary>
    public void Start(OperationRecord operation)
    {
        RunningOperation running = new(operation, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
        _running[operation.Id] = running;
        _ = Task.Run(() => RunAsync(running));
    }

    /// <summary>The operation, once it is final or the time is over.</summary>
    public async Task<OperationRecord?> WaitAsync(string id, TimeSpan hold, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(id, out RunningOperation? running))
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stopping);
            Task timer = Task.Delay(hold, context.Time, over.Token);
            await Task.WhenAny(running.Done.Task, timer);
            await over.CancelAsync();
            if (!running.Done.Task.IsCompleted)
            {
                // It may be final in the database already, but its effect is not there yet.
                return running.Operation;
            }
        }

        return context.Database.Read(connection => OperationTable.Find(connection, id));
    }

    /// <summary>Ends what runs for a deployment, or for all of an endpoint, because something of higher priority comes.</summary>
    public async Task OvertakeAsync(string endpoint, string? deployment, string by)
    {
        List<RunningOperation> overtaken =
        [
            .. _running.Values.Where(running =>
                running.Operation.Id != by && running.Operation.Endpoint == endpoint && (deployment is null || running.Operation.Deployment == deployment)),
        ];
        foreach (RunningOperation running in overtaken)
        {
            running.Overtaken = true;
            try
            {
                await running.Cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }

        await Task.WhenAll(overtaken.Select(running => running.Done.Task));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Done.Task));
        _stopping.Dispose();
    }

    private async Task RunAsync(RunningOperation running)
    {
        OperationRecord operation = running.Operation;
        CancellationToken cancellationToken = running.Cancellation.Token;
        try
        {
            await DelayAsync(operation, cancellationToken);
            await SufferAsync(operation, cancellationToken);
            await executor.ExecuteAsync(operation, this, cancellationToken);
        }
        catch (OperationCanceledException) when (running.Overtaken)
        {
            await FailAsync(operation, OperationStatus.Canceled, "OperationCanceled", "The operation was overtaken by the deletion of its resource.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Not failed: the next start resumes it.
        }
        catch (DeploymentStartException exception)
        {
            await FailAsync(operation, OperationStatus.Failed, exception.Code, exception.Message);
        }
        catch (OperationFailedException exception)
        {
            await FailAsync(operation, OperationStatus.Failed, exception.Code, exception.Message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync($"The operation {operation.Id} ({operation.Kind}) failed in the emulator: {exception}");
            await FailAsync(operation, OperationStatus.Failed, "InternalServerError", $"The emulator failed at this operation: {exception.Message}");
        }
        finally
        {
            _running.TryRemove(operation.Id, out _);
            running.Done.TrySetResult();
            running.Cancellation.Dispose();
        }
    }

    private async Task DelayAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        TimeSpan remaining = pace.For(operation.Kind, operation.RunningState == Arm.ProvisioningStates.Creating) - (context.Now - operation.StartedAt);
        if (pace != OperationPace.None && remaining > TimeSpan.Zero)
        {
            await Task.Delay(remaining, context.Time, cancellationToken);
        }
    }

    private async Task SufferAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        if (operation.Fault is null)
        {
            return;
        }

        JsonObject fault = JsonNode.Parse(operation.Fault)!.AsObject();
        if (fault["kind"]!.GetValue<string>() == nameof(FaultKind.FailOperation))
        {
            throw new OperationFailedException(fault["code"]!.GetValue<string>(), fault["message"]!.GetValue<string>());
        }

        string id = fault["id"]!.GetValue<string>();
        double seconds = fault["seconds"]?.GetValue<double>() ?? 0;
        DateTimeOffset? until = seconds > 0 ? operation.StartedAt.AddSeconds(seconds) : null;
        while (true)
        {
            Task changed = faults.Changed;
            if (!faults.Rules.Any(rule => rule.Id == id) || until <= context.Now)
            {
                return;
            }

            if (until is { } end)
            {
                using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(changed, Task.Delay(end - context.Now, context.Time, enough.Token));
                await enough.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task FailAsync(OperationRecord operation, OperationStatus status, string code, string message)
    {
        try
        {
            await executor.FailAsync(operation with { Status = status, EndedAt = context.Now, ErrorCode = code, ErrorMessage = message });
        }
        catch (SqliteException exception)
        {
            await Console.Error.WriteLineAsync($"The operation {operation.Id} failed and this could not be stored: {exception.Message}. It is resumed at the next start.");
        }
    }

    private sealed class RunningOperation(OperationRecord operation, CancellationTokenSource cancellation)
    {
        public OperationRecord Operation { get; } = operation;

        public CancellationTokenSource Cancellation { get; } = cancellation;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Overtaken { get; set; }
    }
}
