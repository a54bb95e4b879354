using System.Text.Json.Nodes;
using Azure;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Operations;

/// <summary>
/// Waits for operations by Azure.Core's rehydrated <see cref="Operation"/>, with a delay strategy and clock of our own. Canceling stops waiting, not the
/// service.
/// </summary>
internal sealed class OperationWaiter
{
    private static readonly TimeSpan ProgressSlice = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AbsenceTolerance = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OutageTolerance = TimeSpan.FromMinutes(5);
    private static readonly string[] FinalStates = ["Succeeded", "Failed", "Canceled", "Cancelled"];

    private readonly TimeProvider _timeProvider;
    private readonly OperationDelayStrategy _delays;

    /// <summary>Makes the waiter.</summary>
    public OperationWaiter(TimeProvider timeProvider, Random random)
    {
        _timeProvider = timeProvider;
        _delays = new OperationDelayStrategy(random);
    }

    /// <summary>True when the service will not change the state by itself any more.</summary>
    public static bool IsFinal(string? state) => FinalStates.Contains(state, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Waits until the operation is final and reads the resource; for a deletion, until the operation is final. A failed operation is an outcome, not an
    /// exception.
    /// </summary>
    /// <exception cref="MlOperationException">The deadline passed.</exception>
    public async Task<OperationOutcome> WaitAsync(OperationWait wait, CancellationToken cancellationToken)
    {
        WaitReporter reporter = new(wait.Context, _timeProvider, wait.Activity);
        TimeSpan timeout = wait.Timeout ?? OperationWait.DefaultTimeout;
        using CancellationTokenSource deadline = new(timeout, _timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        reporter.Report(StateOf(wait.Operation.Body) ?? (wait.Operation.IsDelete ? "Deleting" : "Accepted"));
        try
        {
            OperationOutcome outcome = wait.Operation.StatusAddress is null
                ? await WaitByResourceAsync(wait, reporter, StateOf(wait.Operation.Body), linked.Token).ConfigureAwait(false)
                : await WaitByOperationAsync(wait, reporter, linked.Token).ConfigureAwait(false);
            reporter.Report(outcome.State);
            reporter.Complete(outcome.State);
            return outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            reporter.Complete("Timed out");
            throw new MlOperationException(
                MlErrorIds.OperationTimedOut,
                MlErrorCategory.OperationTimeout,
                $"{wait.Subject} was not final within {WaitReporter.Format(timeout)}; its last state was {reporter.State}. The service goes on with it.")
            {
                RecommendedAction = $"Wait on with {wait.ResumeWith}, or give a longer -Timeout.",
            };
        }
        catch
        {
            reporter.Complete("Stopped");
            throw;
        }
    }

    private async Task<OperationOutcome> WaitByOperationAsync(OperationWait wait, WaitReporter reporter, CancellationToken cancellationToken)
    {
        StartedOperation started = wait.Operation;
        Operation? operation = null;
        string? lastLine = null;
        TimeSpan nextLog = LogInterval;
        TimeSpan answered = reporter.Elapsed;
        for (int attempt = 1; ; attempt++)
        {
            Response? response = null;
            try
            {
                if (operation is null)
                {
                    operation = await Operation.RehydrateAsync(started.Resource.ServicePipeline, started.ToRehydrationToken())
                        .WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await operation.UpdateStatusAsync(cancellationToken).ConfigureAwait(false);
                }

                response = operation.GetRawResponse();
                if (operation.HasCompleted)
                {
                    // A failed operation throws on the next question, with the operation's own answer.
                    await operation.WaitForCompletionResponseAsync(cancellationToken).ConfigureAwait(false);
                    return await SucceededAsync(wait, operation.GetRawResponse(), reporter, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (RequestFailedException exception) when (exception.Status is > 0 and < 300 && exception.GetRawResponse() is { } ended)
            {
                // Azure.Core reports a failed operation as a failed request with status 200.
                JsonObject? body = JsonBody.TryParseObject(ended.Content.ToMemory().Span);
                string state = body.Text("status") ?? StateOf(body) ?? "Failed";
                return new OperationOutcome(state, body.Object("error"), null, ServiceErrors.CorrelationOf(ended));
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                // Either the final GET came before the resource could be seen, or the operation is no longer known: the resource says.
                return await WaitByResourceAsync(wait, reporter, null, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsOutage(exception) && reporter.Elapsed - answered < OutageTolerance)
            {
                // The operation goes on at the service, whether it answers just now or not.
                operation = null;
                await DelayAsync(_delays.GetNextDelay(null, attempt), reporter.State ?? "InProgress", "the service does not answer", reporter, cancellationToken).ConfigureAwait(false);
                continue;
            }
            catch (Exception exception) when (exception is RequestFailedException or Azure.Identity.AuthenticationFailedException or IOException or HttpRequestException or AggregateException)
            {
                throw ServiceErrors.FromFailure(exception, started.StatusAddress!);
            }

            answered = reporter.Elapsed;
            string current = StateIn(response) ?? reporter.State ?? "InProgress";
            TimeSpan delay = _delays.GetNextDelay(response, attempt);
            if (wait.LastLogLine is not null && reporter.Elapsed >= nextLog)
            {
                nextLog = reporter.Elapsed + LogInterval;
                lastLine = await ReadLastLineAsync(wait.LastLogLine, cancellationToken).ConfigureAwait(false) ?? lastLine;
            }

            await DelayAsync(delay, current, lastLine, reporter, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<OperationOutcome> SucceededAsync(OperationWait wait, Response last, WaitReporter reporter, CancellationToken cancellationToken)
    {
        string? correlation = ServiceErrors.CorrelationOf(last);
        if (wait.Operation.IsDelete)
        {
            return new OperationOutcome("Succeeded", null, null, correlation);
        }

        if (wait.AnswerIsResult)
        {
            return new OperationOutcome("Succeeded", null, JsonBody.TryParseObject(last.Content.ToMemory().Span), correlation);
        }

        // For a PUT the last answer is that of the final GET, which is also the verifying one.
        JsonObject? resource = JsonBody.TryParseObject(last.Content.ToMemory().Span);
        string? state = resource.Object("properties") is null ? null : StateOf(resource);
        return IsFinal(state)
            ? new OperationOutcome(state!, null, resource, correlation)
            : await WaitByResourceAsync(wait, reporter, state, cancellationToken).ConfigureAwait(false);
    }

    // The operation may end before the resource says so, and the resource may be visible late.
    private async Task<OperationOutcome> WaitByResourceAsync(OperationWait wait, WaitReporter reporter, string? known, CancellationToken cancellationToken)
    {
        MachineLearningResource resource = wait.Operation.Resource;
        if (known is not null && IsFinal(known) && wait.Operation.StatusAddress is null && !wait.Operation.IsDelete)
        {
            JsonObject? read = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
            return new OperationOutcome(StateOf(read) ?? known, null, read, null);
        }

        TimeSpan absentSince = reporter.Elapsed;
        TimeSpan answered = reporter.Elapsed;
        for (int attempt = 1; ; attempt++)
        {
            JsonObject? body;
            try
            {
                body = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
                answered = reporter.Elapsed;
            }
            catch (MlException exception) when (IsOutage(exception) && reporter.Elapsed - answered < OutageTolerance)
            {
                await DelayAsync(_delays.GetNextDelay(null, attempt), reporter.State ?? "InProgress", "the service does not answer", reporter, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (body is null)
            {
                if (wait.Operation.IsDelete)
                {
                    return new OperationOutcome("Succeeded", null, null, null);
                }

                if (reporter.Elapsed - absentSince > AbsenceTolerance)
                {
                    throw new MlOperationException(
                        MlErrorIds.StateUnreachable,
                        MlErrorCategory.ObjectNotFound,
                        $"{wait.Subject} is not there: it was deleted, or the service never made it.");
                }
            }
            else
            {
                absentSince = reporter.Elapsed;
                string state = StateOf(body) ?? "Succeeded";
                if (IsFinal(state))
                {
                    return new OperationOutcome(state, null, body, null);
                }
            }

            await DelayAsync(_delays.GetNextDelay(null, attempt), StateOf(body) ?? reporter.State ?? "InProgress", null, reporter, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DelayAsync(TimeSpan delay, string state, string? line, WaitReporter reporter, CancellationToken cancellationToken)
    {
        reporter.Report(state, line);
        while (delay > TimeSpan.Zero)
        {
            TimeSpan slice = delay < ProgressSlice ? delay : ProgressSlice;
            await Task.Delay(slice, _timeProvider, cancellationToken).ConfigureAwait(false);
            delay -= slice;
            reporter.Report(state, line);
        }
    }

    private static bool IsOutage(Exception exception) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        MlException own => own.Category is MlErrorCategory.ConnectionError or MlErrorCategory.ResourceUnavailable or MlErrorCategory.LimitsExceeded,
        IOException or HttpRequestException => true,
        _ => false,
    };

    private static async Task<string?> ReadLastLineAsync(Func<CancellationToken, Task<string?>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken).ConfigureAwait(false);
        }
        catch (MlException)
        {
            // A log that cannot be read must not end a wait.
            return null;
        }
    }

    private static string? StateIn(Response response)
    {
        JsonObject? body = JsonBody.TryParseObject(response.Content.ToMemory().Span);
        return body.Text("status") ?? StateOf(body);
    }

    private static string? StateOf(JsonObject? resource) => resource.Object("properties").Text("provisioningState");
}
