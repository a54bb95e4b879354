namespace MlflowRollout.Services;

/// <summary>What a container of a Kubernetes deployment asks for and may use, as Kubernetes quantities.</summary>
public sealed class MlContainerResources
{
    /// <summary>Cores asked for, such as <c>0.5</c> or <c>500m</c>.</summary>
    public string? RequestedCpu { get; init; }

    /// <summary>Memory asked for, such as <c>1Gi</c>.</summary>
    public string? RequestedMemory { get; init; }

    /// <summary>Graphics processors asked for, a count.</summary>
    public string? RequestedGpu { get; init; }

    /// <summary>Most cores.</summary>
    public string? CpuLimit { get; init; }

    /// <summary>Most memory.</summary>
    public string? MemoryLimit { get; init; }

    /// <summary>Most graphics processors.</summary>
    public string? GpuLimit { get; init; }

    /// <summary>The resources in a line: what is asked for, and what is the most.</summary>
    public override string ToString()
    {
        string[] parts = [.. new[] { ("cpu", RequestedCpu, CpuLimit), ("memory", RequestedMemory, MemoryLimit), ("gpu", RequestedGpu, GpuLimit) }
            .Where(part => (part.Item2 ?? part.Item3) is not null)
            .Select(part => $"{part.Item1} {part.Item2 ?? "-"} to {part.Item3 ?? "-"}")];
        return string.Join(", ", parts);
    }
}
