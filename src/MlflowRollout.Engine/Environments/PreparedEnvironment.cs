using MlflowRollout.Engine.Code;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Environments;

/// <summary>An environment of a deployment, checked: one that is there, or one to register.</summary>
internal sealed class PreparedEnvironment
{
    /// <summary>Id as the service takes it, of one that is there; null for one to register.</summary>
    public string? Id { get; init; }

    /// <summary>What to register.</summary>
    public MlEnvironmentSettings? Settings { get; init; }

    /// <summary>Name to register under.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Version to register; null for the next one.</summary>
    public string? Version { get; init; }

    /// <summary>True where it is named after its content.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Conda file, normalized; null for none.</summary>
    public string? CondaText { get; init; }

    /// <summary>Build context; null for none.</summary>
    public SourceContent? Context { get; init; }

    /// <summary>Hash of the build context.</summary>
    public string? ContextHash { get; init; }

    /// <summary>How it is called in questions.</summary>
    public string Description => Id is not null ? Id
        : IsAnonymous ? Settings?.Image is { } image ? $"an environment of image {image}" : $"an environment built from {Context?.Name}"
        : Version is null ? $"environment {Name}" : $"environment {Name}:{Version}";
}
