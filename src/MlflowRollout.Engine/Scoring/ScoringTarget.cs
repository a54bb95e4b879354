namespace MlflowRollout.Engine.Scoring;

/// <summary>Where scoring requests go.</summary>
/// <param name="EndpointName">Name for messages: the endpoint's, or the host.</param>
/// <param name="ScoringUri">Address of scoring requests.</param>
/// <param name="SwaggerUri">Address of the description.</param>
/// <param name="DeploymentName">Deployment that requests are pinned to; null for the endpoint's weights.</param>
internal sealed record ScoringTarget(string EndpointName, Uri ScoringUri, Uri SwaggerUri, string? DeploymentName)
{
    /// <summary>The description lies beside the scoring path, on managed and on Kubernetes endpoints.</summary>
    public static Uri SwaggerBeside(Uri scoringUri) => new(scoringUri, "swagger.json");
}
