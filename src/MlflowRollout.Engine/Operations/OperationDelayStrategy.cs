using Azure;
using Azure.Core;

namespace MlflowRollout.Engine.Operations;

/// <summary>
/// Time between two questions about an operation: the service's <c>Retry-After</c> where it gives one, else 0.5, 1, 2, 4, then 5 seconds, with jitter
/// so that many waits do not ask in step. Azure.Core's own minimum of one second is too long for an emulator.
/// </summary>
internal sealed class OperationDelayStrategy : DelayStrategy
{
    private static readonly string[] HeaderNames = ["Retry-After", "retry-after-ms", "x-ms-retry-after-ms"];
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private readonly Random _random;

    /// <summary>Makes the strategy.</summary>
    public OperationDelayStrategy(Random random)
        : base(TimeSpan.FromMinutes(10), 0)
    {
        _random = random;
    }

    /// <inheritdoc/>
    protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber)
    {
        if (response is not null && HeaderNames.Any(response.Headers.Contains))
        {
            // The base class takes the longer of this and the service's own, which is the one to follow.
            return TimeSpan.Zero;
        }

        double seconds = Math.Min(0.5 * Math.Pow(2, Math.Clamp(retryNumber - 1, 0, 10)), Longest.TotalSeconds);
        double jitter;
        lock (_random)
        {
            jitter = 0.9 + (_random.NextDouble() * 0.2);
        }

        return TimeSpan.FromSeconds(seconds * jitter);
    }
}
