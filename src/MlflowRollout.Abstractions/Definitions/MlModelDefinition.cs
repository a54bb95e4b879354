namespace MlflowRollout.Definitions;

/// <summary>What a definition file says of a model. Null: it says nothing.</summary>
public sealed class MlModelDefinition
{
    /// <summary>File that it was read from.</summary>
    public required string File { get; init; }

    /// <summary>Name; null for an anonymous model of a deployment.</summary>
    public string? Name { get; init; }

    /// <summary>Version; null for the next one.</summary>
    public string? Version { get; init; }

    /// <summary>Full path of the local file or folder, or an uri.</summary>
    public string? Source { get; init; }

    /// <summary><c>mlflow_model</c>, <c>custom_model</c> or <c>triton_model</c>.</summary>
    public string? ModelType { get; init; }

    /// <summary>Flavors as the file gives them: name to entries; null to read them from the model's <c>MLmodel</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Flavors { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Stage.</summary>
    public string? Stage { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Service properties.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>What was passed over, such as keys that the service writes into what it shows; for verbose output.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
