using System.Diagnostics.CodeAnalysis;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>How long an operation takes at least: no time, as long as the service was seen to take, or a fixed time.</summary>
internal sealed record OperationPace
{
    private readonly bool _realistic;
    private readonly TimeSpan _fixed;

    private OperationPace(bool realistic, TimeSpan delay)
    {
        _realistic = realistic;
        _fixed = delay;
    }

    public static OperationPace None { get; } = new(false, TimeSpan.Zero);

    public static OperationPace Realistic { get; } = new(true, TimeSpan.Zero);

    public static OperationPace Fixed(TimeSpan delay) => new(false, delay);

    public static bool TryParse(string text, [NotNullWhen(true)] out OperationPace? pace)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            pace = None;
        }
        else if (text.Equals("realistic", StringComparison.OrdinalIgnoreCase))
        {
            pace = Realistic;
        }
        else
        {
            pace = DurationText.TryParse(text, out TimeSpan delay) ? Fixed(delay) : null;
        }

        return pace is not null;
    }

    /// <summary>The least time that the operation takes. <paramref name="creates"/>: its resource did not exist before.</summary>
    public TimeSpan For(OperationKind kind, bool creates)
    {
        if (!_realistic)
        {
            return _fixed;
        }

        // One observation of the service for each of the first three; the rest are of the same order.
        return kind switch
        {
            OperationKind.EndpointPut when creates => TimeSpan.FromSeconds(90),
            OperationKind.EndpointPut => TimeSpan.FromSeconds(20),
            OperationKind.DeploymentPut => TimeSpan.FromSeconds(585),
            OperationKind.DeploymentPatch or OperationKind.ModelPackage => TimeSpan.FromSeconds(300),
            OperationKind.DeploymentDelete or OperationKind.EndpointDelete => TimeSpan.FromSeconds(60),
            _ => TimeSpan.FromSeconds(10),
        };
    }
}
