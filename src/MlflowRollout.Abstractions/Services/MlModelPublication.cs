namespace MlflowRollout.Services;

/// <summary>Where a model version is published to.</summary>
public sealed class MlModelPublication
{
    /// <summary>Registry.</summary>
    public required string RegistryName { get; init; }

    /// <summary>Name there; null for the same.</summary>
    public string? Name { get; init; }

    /// <summary>Version there; null for the same.</summary>
    public string? Version { get; init; }

    /// <summary>What to do when the version exists there: Error or Skip (must have the same content).</summary>
    public MlIfExists IfExists { get; init; }

    /// <summary>How long to wait; null for the engine's default.</summary>
    public TimeSpan? Timeout { get; init; }
}
