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
}
