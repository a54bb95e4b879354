namespace MlflowRollout.Services;

/// <summary>A model to register.</summary>
public sealed class MlModelRegistration
{
    /// <summary>Name; not used for an anonymous model.</summary>
    public required string Name { get; init; }

    /// <summary>True: a model of a deployment's own, registered once under a name made from its content and kept out of lists.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Local file or folder (full path), or an <c>azureml://</c> or <c>runs:/</c> uri.</summary>
    public required string Source { get; init; }

    /// <summary>Version; null for the next one.</summary>
    public string? Version { get; init; }

    /// <summary><c>mlflow_model</c>, <c>custom_model</c> or <c>triton_model</c>; null to find it from the content.</summary>
    public string? ModelType { get; init; }

    /// <summary>Flavors, name to entries; null to read them from the model's <c>MLmodel</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Flavors { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Stage.</summary>
    public string? Stage { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Service properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>What to do when <see cref="Version"/> exists: Error, Skip (must have the same content) or Update (description, tags, stage).</summary>
    public MlIfExists IfExists { get; init; }

    /// <summary>True: return the newest version when its content is the same, instead of making a new one.</summary>
    public bool ReuseUnchanged { get; init; }
}
