using MlflowRollout.Emulator.Gateway;

namespace MlflowRollout.Emulator.Serving.Faults;

/// <summary>A model server made slow or unreliable on request, to rehearse a bad release.</summary>
internal sealed class FaultingModelServer(IModelServer inner, EmulatorSettings settings, TimeProvider time, IRandomSource random) : IModelServer
{
    private readonly IRandomSource _random = settings.Seed is { } seed ? new SeededRandomSource(seed) : random;

    public bool EnforcesDeadline => inner.EnforcesDeadline && settings.ExtraLatency == TimeSpan.Zero;

    public ServiceDescription Description => inner.Description;

    public ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken)
    {
        var fails = settings.ErrorRate > 0 && _random.NextDouble() < settings.ErrorRate;
        if (settings.ExtraLatency > TimeSpan.Zero)
        {
            return DelayAsync(exchange, fails, cancellationToken);
        }

        return ScoreOrFailAsync(exchange, fails, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask DelayAsync(ModelExchange exchange, bool fails, CancellationToken cancellationToken)
    {
        await Task.Delay(settings.ExtraLatency, time, cancellationToken).ConfigureAwait(false);
        await ScoreOrFailAsync(exchange, fails, cancellationToken).ConfigureAwait(false);
        exchange.ExecutionMilliseconds += settings.ExtraLatency.TotalMilliseconds;
    }

    private ValueTask ScoreOrFailAsync(ModelExchange exchange, bool fails, CancellationToken cancellationToken)
    {
        if (!fails)
        {
            return inner.ScoreAsync(exchange, cancellationToken);
        }

        exchange.FailFunction($"An unexpected error occurred in scoring script. Check the logs for more info. (Fault on request: {EmulatorSettings.ErrorRateVariable})");
        return ValueTask.CompletedTask;
    }
}
