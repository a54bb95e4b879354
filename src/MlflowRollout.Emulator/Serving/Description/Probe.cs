using System.Text;

namespace MlflowRollout.Emulator.Serving.Description;

/// <summary>The readiness probe: one run of the model before it is called ready.</summary>
internal static class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <exception cref="DeploymentStartException">The model fails on its own example.</exception>
    public static async Task RunAsync(IModelServer server, ModelExample example, ModelServerContext context, CancellationToken cancellationToken)
    {
        using var exchange = new ModelExchange();
        exchange.Begin(example.Request, null, context.Time.GetTimestamp() + (long)(Limit.TotalSeconds * context.Time.TimestampFrequency));
        using var limit = new CancellationTokenSource(Limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await server.ScoreAsync(exchange, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeploymentStartException(
                StartFailure.NotReady, StartFailure.Crashed($"Readiness probe failed: the model did not score one row within {Limit.TotalMinutes} minutes."));
        }

        if (exchange.Status == 200)
        {
            context.Log.Write('I', example.IsSynthetic ? "Readiness probe: one made-up row scored" : "Readiness probe: the model's input example scored");
            return;
        }

        var answer = Encoding.UTF8.GetString(exchange.Response.Span);
        if (example.IsSynthetic)
        {
            // A made-up row may be one that the model refuses for good reason.
            context.Log.Write('W', $"A made-up row could not be scored, which need not mean anything: {answer}");
            return;
        }

        throw new DeploymentStartException(
            StartFailure.NotReady, StartFailure.Crashed($"Readiness probe failed: the model cannot score its own input example: {answer}"));
    }
}
