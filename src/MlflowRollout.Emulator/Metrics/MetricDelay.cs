using System.Diagnostics.CodeAnalysis;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Metrics;

/// <summary>How late what was counted can be read. Without a delay the minute that runs can be read too, as far as it has come.</summary>
internal sealed record MetricDelay
{
    private readonly TimeSpan _delay;

    private MetricDelay(TimeSpan delay) => _delay = delay;

    public static MetricDelay None { get; } = new(TimeSpan.Zero);

    public static MetricDelay Realistic { get; } = new(TimeSpan.FromMinutes(3));

    public static MetricDelay Fixed(TimeSpan delay) => new(delay);

    public static bool TryParse(string text, [NotNullWhen(true)] out MetricDelay? delay)
    {
        delay = text.Equals("none", StringComparison.OrdinalIgnoreCase) ? None
            : text.Equals("realistic", StringComparison.OrdinalIgnoreCase) ? Realistic
            : DurationText.TryParse(text, out TimeSpan time) ? Fixed(time)
            : null;
        return delay is not null;
    }

    /// <summary>The end of what can be read now of minutes that begin before <paramref name="end"/>: with a delay, whole minutes alone.</summary>
    public DateTimeOffset VisibleUntil(DateTimeOffset end, DateTimeOffset now)
    {
        if (_delay == TimeSpan.Zero)
        {
            return end;
        }

        DateTimeOffset visible = now - _delay - TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1);
        return visible < end ? visible : end;
    }
}
