namespace MlflowRollout.Services;

/// <summary>A deployment that was made, with the error of a later step, if any.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="LaterError">
/// Set when the deployment succeeded and what was to follow (moving traffic) failed: the deployment is emitted, then this error.
/// </param>
public sealed record MlDeploymentResult(MlDeployment Deployment, MlException? LaterError);
