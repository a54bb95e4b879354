using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>One admitted request on one deployment: waiting, running, the deadline over both.</summary>
internal static class DeploymentRun
{
    /// <summary>The client is gone; nothing is answered.</summary>
    public const int Abandoned = 499;

    /// <summary>The gateway's status: 200, 424 (the exchange says why), 408 or <see cref="Abandoned"/>.</summary>
    /// <param name="client">Its abort token is asked for only where waiting is needed: creating that costs.</param>
    public static ValueTask<int> RunAsync(
        TimeProvider time,
        RunningDeployment deployment,
        ModelExchange exchange,
        ReadOnlyMemory<byte> body,
        string? contentType,
        Microsoft.AspNetCore.Http.HttpContext? client)
    {
        var timeout = deployment.Specification.RequestTimeout;
        var arrived = time.GetTimestamp();
        exchange.Begin(body, contentType, arrived + (long)(timeout.TotalSeconds * time.TimestampFrequency));
        if (!deployment.Server.EnforcesDeadline || !deployment.Gate.TryStart())
        {
            return RunSlowlyAsync(time, deployment, exchange, arrived, client?.RequestAborted ?? CancellationToken.None);
        }

        try
        {
            var run = deployment.Server.ScoreAsync(exchange, CancellationToken.None);
            if (run.IsCompletedSuccessfully)
            {
                deployment.Gate.Finish();
                return new ValueTask<int>(StatusOf(exchange));
            }

            return FinishAsync(run, deployment, exchange);
        }
        catch
        {
            deployment.Gate.Finish();
            throw;
        }
    }

    /// <summary>The container's status for the counters; 0 where it did not answer.</summary>
    public static int ModelStatus(int status, ModelExchange exchange) => status is 200 or 424 ? exchange.Status : 0;

    private static int StatusOf(ModelExchange exchange)
        => exchange.TimedOut ? 408 : exchange.Status == 200 ? 200 : 424;

    private static async ValueTask<int> FinishAsync(ValueTask run, RunningDeployment deployment, ModelExchange exchange)
    {
        try
        {
            await run.ConfigureAwait(false);
            return StatusOf(exchange);
        }
        finally
        {
            deployment.Gate.Finish();
        }
    }

    private static async ValueTask<int> RunSlowlyAsync(
        TimeProvider time, RunningDeployment deployment, ModelExchange exchange, long arrived, CancellationToken aborted)
    {
        var timeout = deployment.Specification.RequestTimeout;
        if (!deployment.Gate.TryStart())
        {
            var outcome = await deployment.Gate.WaitToStartAsync(timeout - time.GetElapsedTime(arrived), time, aborted).ConfigureAwait(false);
            if (outcome != QueueOutcome.Started)
            {
                return outcome == QueueOutcome.TimedOut ? 408 : Abandoned;
            }
        }

        try
        {
            if (deployment.Server.EnforcesDeadline)
            {
                await deployment.Server.ScoreAsync(exchange, aborted).ConfigureAwait(false);
                return StatusOf(exchange);
            }

            var left = timeout - time.GetElapsedTime(arrived);
            if (left <= TimeSpan.Zero)
            {
                return 408;
            }

            using var limit = new CancellationTokenSource(left, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
            await deployment.Server.ScoreAsync(exchange, either.Token).ConfigureAwait(false);
            return StatusOf(exchange);
        }
        catch (OperationCanceledException)
        {
            return aborted.IsCancellationRequested ? Abandoned : 408;
        }
        finally
        {
            deployment.Gate.Finish();
        }
    }
}
