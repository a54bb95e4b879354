using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Engine.Traffic;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>
/// Read, modify, write of an endpoint: one GET, one PUT, the polls, one final GET. A PUT that is refused since another operation runs waits for that one
/// and merges anew on what is there then. A PUT whose answer was lost is followed by a look, never by a second PUT of what is under way.
/// </summary>
internal sealed class EndpointWriter(WorkspaceConnection connection)
{
    private const int MaximumAttempts = 20;

    // A read older than this (a person was asked in between) is not merged upon.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BusyDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>What is to be written, how it is told, and until when.</summary>
    /// <param name="Name">Endpoint.</param>
    /// <param name="Activity">What is being done.</param>
    /// <param name="Merge">Makes the body to write from the freshest state; throws where that state does not allow the change.</param>
    /// <param name="NoWait">True: return once accepted.</param>
    /// <param name="Timeout">Deadline.</param>
    internal sealed record Change(string Name, string Activity, Func<EndpointState, JsonObject> Merge, bool NoWait, TimeSpan? Timeout);

    /// <summary>What was written, and how it ended.</summary>
    /// <param name="Sent">The body that was put.</param>
    /// <param name="Before">The state that it was merged upon.</param>
    /// <param name="Outcome">How it ended; null when it was not waited for.</param>
    /// <param name="Accepted">The service's answer to the PUT.</param>
    internal sealed record Result(JsonObject Sent, EndpointState Before, OperationOutcome? Outcome, JsonObject? Accepted);

    /// <summary>Reads an endpoint; null when it is absent.</summary>
    public async Task<EndpointState?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        MachineLearningOnlineEndpointResource resource = Resource(name);
        string stamp = connection.Locks.ReadStamp(resource.Id.ToString());
        long readAt = connection.TimeProvider.GetTimestamp();
        JsonObject? body = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body is null ? null : new EndpointState(body, stamp, readAt);
    }

    /// <summary>Writes a change upon a state.</summary>
    public async Task<Result> WriteAsync(EndpointState read, Change change, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MachineLearningOnlineEndpointResource resource = Resource(change.Name);
        TimeSpan timeout = change.Timeout ?? OperationWait.DefaultTimeout;
        long started = connection.TimeProvider.GetTimestamp();
        using EndpointLocks.Holder held = await TakeLockAsync(resource, timeout, change, cancellationToken).ConfigureAwait(false);
        EndpointState state = read;
        if (connection.TimeProvider.GetElapsedTime(read.ReadAt) > FreshFor
            || !string.Equals(connection.Locks.ReadStamp(resource.Id.ToString()), read.Stamp, StringComparison.Ordinal))
        {
            context.Debug($"Reading endpoint {change.Name} again: time passed or another process wrote since the first read.");
            state = await ReadAgainAsync(change.Name, cancellationToken).ConfigureAwait(false);
        }

        (JsonObject Before, JsonObject Sent)? lost = null;
        int failures = 0;
        for (int attempt = 1; ; attempt++)
        {
            StartedOperation operation;
            JsonObject body;
            try
            {
                if (lost is { } unanswered && LostAnswer.WasCarriedOut(unanswered.Before, unanswered.Sent, state.Body))
                {
                    context.Debug($"The answer to the change of endpoint {change.Name} was lost, and the change is there; going on with it.");
                    body = unanswered.Sent;
                    operation = StartedOperation.Resume(resource, resource.ReadAddress, state.Body, ResourceMapping.OperationOf(state.Body)!);
                }
                else
                {
                    body = change.Merge(state);
                    operation = await SendAsync(resource, body, held, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (MlException exception) when (LostAnswer.Is(exception) && ++failures < LostAnswer.MaximumFailures && connection.TimeProvider.GetElapsedTime(started) < timeout)
            {
                context.Debug($"The answer to the change of endpoint {change.Name} was lost or refused: {exception.Message}");
                lost ??= (state.Body, change.Merge(state));
                await Task.Delay(LostAnswer.DelayAfter(failures), connection.TimeProvider, cancellationToken).ConfigureAwait(false);
                state = await ReadAgainAsync(change.Name, cancellationToken).ConfigureAwait(false);
                continue;
            }
            catch (MlConflictException) when (attempt < MaximumAttempts && connection.TimeProvider.GetElapsedTime(started) < timeout)
            {
                context.Verbose($"Endpoint {change.Name} is busy with another operation; waiting for it.");
                await SettleAsync(change, attempt, timeout - connection.TimeProvider.GetElapsedTime(started), context, cancellationToken).ConfigureAwait(false);
                state = await ReadAgainAsync(change.Name, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (change.NoWait)
            {
                return new Result(body, state, null, operation.Body);
            }

            TimeSpan left = timeout - connection.TimeProvider.GetElapsedTime(started);
            OperationOutcome outcome = await connection.Waiter.WaitAsync(
                new OperationWait
                {
                    Operation = operation,
                    Activity = change.Activity,
                    Subject = $"Endpoint {change.Name} in workspace {connection.Workspace.Name}",
                    Context = context,
                    ResumeWith = "Wait-MlEndpoint",
                    Timeout = left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1),
                },
                cancellationToken).ConfigureAwait(false);
            return new Result(body, state, outcome, operation.Body);
        }
    }

    // Stamped before, so that a crash errs on the safe side, and after: who reads between the first stamp and the write has the old state under a new stamp.
    private static async Task<StartedOperation> SendAsync(
        MachineLearningOnlineEndpointResource resource, JsonObject body, EndpointLocks.Holder held, CancellationToken cancellationToken)
    {
        held.Stamp();
        try
        {
            return await resource.CreateOnceAsync(body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            held.Stamp();
        }
    }

    private MachineLearningOnlineEndpointResource Resource(string name) => connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(name);

    private async Task<EndpointLocks.Holder> TakeLockAsync(
        MachineLearningOnlineEndpointResource resource, TimeSpan timeout, Change change, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(timeout, connection.TimeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await connection.Locks.AcquireAsync(resource.Id.ToString(), linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MlConflictException(
                MlErrorIds.ResourceConflict,
                $"Another process of this user on this machine is still changing endpoint {change.Name} in workspace {connection.Workspace.Name}. Nothing was changed by this call.")
            {
                Target = change.Name,
                RecommendedAction = "Wait for the other process and try again.",
            };
        }
    }

    private async Task<EndpointState> ReadAgainAsync(string name, CancellationToken cancellationToken) =>
        await ReadAsync(name, cancellationToken).ConfigureAwait(false)
        ?? throw new MlConflictException(
            MlErrorIds.ResourceConflict, $"Endpoint {name} in workspace {connection.Workspace.Name} was deleted meanwhile. Nothing was changed by this call.")
        {
            Target = name,
        };

    // Waits until the endpoint's own operation ends. Where it is not the endpoint that is busy (a deployment is), some time has to do.
    private async Task SettleAsync(Change change, int attempt, TimeSpan left, IMlOperationContext context, CancellationToken cancellationToken)
    {
        EndpointState state = await ReadAgainAsync(change.Name, cancellationToken).ConfigureAwait(false);
        string? provisioning = state.Body.Object("properties").Text("provisioningState");
        if (OperationWaiter.IsFinal(provisioning) || ResourceMapping.OperationOf(state.Body) is not { } address)
        {
            await Task.Delay(BusyDelay * Math.Min(attempt, 10), connection.TimeProvider, cancellationToken).ConfigureAwait(false);
            return;
        }

        MachineLearningOnlineEndpointResource resource = Resource(change.Name);
        await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = StartedOperation.Resume(resource, resource.ReadAddress, state.Body, address),
                Activity = $"Waiting for another operation on endpoint {change.Name}",
                Subject = $"Another operation on endpoint {change.Name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Wait-MlEndpoint",
                Timeout = left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1),
            },
            cancellationToken).ConfigureAwait(false);
    }
}
