namespace MlflowRollout;

/// <summary>A version of a model in a registry, which every workspace that may read the registry can deploy.</summary>
public sealed class MlRegistryModel
{
    /// <summary>Name of the model.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Name of the model, for binding by property name.</summary>
    public string ModelName { get => Name; set => Name = value; }

    /// <summary>Version.</summary>
    public MlVersion? Version { get; set; }

    /// <summary>Name of the registry.</summary>
    public string RegistryName { get; set; } = string.Empty;

    /// <summary>Full resource id; null when the registry could not be read.</summary>
    public string? Id { get; set; }

    /// <summary><c>mlflow_model</c>, <c>custom_model</c> or <c>triton_model</c>.</summary>
    public string ModelType { get; set; } = string.Empty;

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Tags; names are compared without regard to case.</summary>
    public Dictionary<string, string> Tags { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hash of the content (SHA-256, hex); null when not known.</summary>
    public string? ContentHash { get; set; }

    /// <summary>How a deployment names it: <c>azureml://registries/registry/models/name/versions/version</c>.</summary>
    public string Reference => $"azureml://registries/{RegistryName}/models/{Name}/versions/{Version}";

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
