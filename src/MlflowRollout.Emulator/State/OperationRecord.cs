namespace MlflowRollout.Emulator.State;

/// <summary>What an operation does. The names are stored.</summary>
internal enum OperationKind
{
    EndpointPut,
    EndpointPatch,
    EndpointDelete,
    KeyRegeneration,
    DeploymentPut,
    DeploymentPatch,
    DeploymentDelete,
    RegistryPut,
    RegistryDelete,
    ModelPublish,
    ModelPackage,
}

/// <summary>How far an operation is. The names are stored, and all but the first are the service's terminal words.</summary>
internal enum OperationStatus
{
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <summary>One long-running operation.</summary>
/// <param name="Endpoint">Key of the endpoint; empty for operations of assets.</param>
/// <param name="Deployment">Key of the deployment, where it is one's operation.</param>
/// <param name="RunningState">The word that the status has while the operation runs.</param>
/// <param name="Fault">JSON of a fault that was asked for when the operation was accepted.</param>
/// <param name="Detail">JSON of what an operation of assets is to do; null for those of endpoints and deployments.</param>
internal sealed record OperationRecord(
    string Id,
    OperationKind Kind,
    string Endpoint,
    string? Deployment,
    string RunningState,
    OperationStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null,
    string? ErrorCode = null,
    string? ErrorMessage = null,
    string? Fault = null,
    string? Detail = null);
