namespace MlflowRollout;

/// <summary>One version of a registered model.</summary>
public sealed class MlModel : MlResource
{
    /// <summary>Name of the model, for binding by property name.</summary>
    public string ModelName { get => Name; set => Name = value; }

    /// <summary>Version.</summary>
    public MlVersion? Version { get; set; }

    /// <summary><c>mlflow_model</c>, <c>custom_model</c> or <c>triton_model</c>.</summary>
    public string ModelType { get; set; } = string.Empty;

    /// <summary>Where its files are.</summary>
    public string? ModelUri { get; set; }

    /// <summary>MLflow flavors, such as <c>python_function</c>, <c>sklearn</c>, <c>onnx</c>.</summary>
    public string[] Flavors { get; set; } = [];

    /// <summary>Free text such as <c>Production</c>; null when not set.</summary>
    public string? Stage { get; set; }

    /// <summary>True when hidden from lists.</summary>
    public bool IsArchived { get; set; }

    /// <summary>Hash of the content that was uploaded by this module (SHA-256, hex); null when not known.</summary>
    public string? ContentHash { get; set; }

    /// <summary>Run that made it; null when not known.</summary>
    public string? JobName { get; set; }

    /// <summary>Signature as far as it is known without another call (right after registering from a local folder); null otherwise.</summary>
    public MlModelSignature? Signature { get; set; }

    /// <summary><c>azureml:name:version</c>.</summary>
    public string Reference => $"azureml:{Name}:{Version}";
}
