namespace MlflowRollout;

/// <summary>A scoring request was not answered with a prediction.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlScoringException(string errorId, MlErrorCategory category, string message, Exception? innerException = null)
    : MlException(errorId, category, message, innerException)
{
    /// <summary>Status that the model's container gave, from <c>ms-azureml-model-error-statuscode</c>; null when the model was not reached.</summary>
    public int? ModelStatusCode { get; init; }

    /// <summary>Deployment that answered; null when none did.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Id of the request, from <c>x-request-id</c>.</summary>
    public string? RequestId { get; init; }
}
