using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Operations;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>What the command line said. Null where it said nothing.</summary>
internal sealed record EmulatorOptions
{
    public string? DataFolder { get; init; }

    /// <summary>0 takes the port of the last start where it is free, else any free one.</summary>
    public int Port { get; init; }

    public string? ConnectionFile { get; init; }

    public OperationPace Pace { get; init; } = OperationPace.None;

    public MetricDelay MetricDelay { get; init; } = MetricDelay.None;

    public string? Python { get; init; }

    /// <summary>Ignore features that the emulator lacks where a deployment can be served without them.</summary>
    public bool Loose { get; init; }

    public string? SubscriptionId { get; init; }

    public string? ResourceGroup { get; init; }

    public string? Workspace { get; init; }

    public string? Location { get; init; }

    public string? Registry { get; init; }

    /// <summary>The data folder goes when the process ends.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>The process whose end ends the emulator.</summary>
    public int? ParentProcess { get; init; }

    public bool Help { get; init; }
}
