using System.Globalization;

namespace MlflowRollout.Services;

/// <summary>How a deployment scales. Managed deployments take <c>Default</c> only; Kubernetes ones both (service fact).</summary>
public sealed class MlScaleSettings
{
    /// <summary>True: the cluster scales between <see cref="MinInstances"/> and <see cref="MaxInstances"/>; false: a fixed number of instances.</summary>
    public bool TargetUtilization { get; init; }

    /// <summary>Fewest instances; service default 1.</summary>
    public int? MinInstances { get; init; }

    /// <summary>Most instances; service default 1.</summary>
    public int? MaxInstances { get; init; }

    /// <summary>Time between two looks at the load; service default 1 s.</summary>
    public TimeSpan? PollingInterval { get; init; }

    /// <summary>Share of the capacity to aim for, in percent; service default 70.</summary>
    public int? TargetUtilizationPercentage { get; init; }

    /// <summary>The settings in a line.</summary>
    public override string ToString() => TargetUtilization
        ? string.Create(CultureInfo.InvariantCulture, $"TargetUtilization, {MinInstances ?? 1} to {MaxInstances ?? 1} instances at {TargetUtilizationPercentage ?? 70} %")
        : "Default";
}
