using MlflowRollout.Services;

namespace MlflowRollout.Definitions;

/// <summary>What a definition file says of a deployment. Null: it says nothing.</summary>
public sealed class MlDeploymentDefinition
{
    /// <summary>File that it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Endpoint.</summary>
    public string? EndpointName { get; init; }

    /// <summary>Managed or Kubernetes; null where the file does not say.</summary>
    public MlComputeType? ComputeType { get; init; }

    /// <summary>Model reference as written (<c>azureml:name:version</c> …); null where there is none or it is defined in the file.</summary>
    public string? Model { get; init; }

    /// <summary>Model defined in the file, which is registered first.</summary>
    public MlModelDefinition? InlineModel { get; init; }

    /// <summary>Everything else. Model and model reference are null.</summary>
    public required MlDeploymentSettings Settings { get; init; }

    /// <summary>What was passed over, such as keys that the service writes into what it shows; for verbose output.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
