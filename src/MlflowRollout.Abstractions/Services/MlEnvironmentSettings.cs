namespace MlflowRollout.Services;

/// <summary>
/// Environment of a deployment: a reference to one that is registered, or what to register. Either <see cref="Reference"/> is filled, or one of
/// <see cref="Image"/> and <see cref="BuildContext"/>.
/// </summary>
public sealed class MlEnvironmentSettings
{
    /// <summary><c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>AzureML-…</c>, a resource id, or a registry's uri; null to register the rest.</summary>
    public string? Reference { get; init; }

    /// <summary>Name to register under; null for an anonymous environment, named after its content.</summary>
    public string? Name { get; init; }

    /// <summary>Version to register; null for the next one, or after the content of an anonymous one.</summary>
    public string? Version { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Container image.</summary>
    public string? Image { get; init; }

    /// <summary>Content of the conda file (YAML text); null for none.</summary>
    public string? CondaFile { get; init; }

    /// <summary>Local folder (full path) that the service builds the image from; null for none.</summary>
    public string? BuildContext { get; init; }

    /// <summary>Dockerfile within <see cref="BuildContext"/>; null for <c>Dockerfile</c>.</summary>
    public string? DockerfilePath { get; init; }

    /// <summary>Route of the liveness probe; null for the image's own.</summary>
    public MlInferenceRoute? LivenessRoute { get; init; }

    /// <summary>Route of the readiness probe; null for the image's own.</summary>
    public MlInferenceRoute? ReadinessRoute { get; init; }

    /// <summary>Route of scoring requests; null for the image's own.</summary>
    public MlInferenceRoute? ScoringRoute { get; init; }

    /// <summary><c>linux</c> or <c>windows</c>; null for the service's default, linux.</summary>
    public string? OsType { get; init; }
}
