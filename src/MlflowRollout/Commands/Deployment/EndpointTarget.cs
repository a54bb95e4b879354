using MlflowRollout.Connections;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>What a call is about: an endpoint, or one deployment of it.</summary>
/// <param name="EndpointName">Endpoint.</param>
/// <param name="DeploymentName">Deployment; null for the endpoint as a whole.</param>
/// <param name="Origins">Where the objects of the call came from.</param>
internal sealed record EndpointTarget(string EndpointName, string? DeploymentName, ObjectOrigin?[] Origins)
{
    /// <summary>Puts together what a call says about endpoint and deployment.</summary>
    /// <param name="endpoint">Endpoint; null when not given.</param>
    /// <param name="deployment">Deployment; null when not given.</param>
    /// <exception cref="MlValidationException">They contradict each other, or no endpoint is named.</exception>
    internal static EndpointTarget From(EndpointReference? endpoint, DeploymentReference? deployment)
    {
        if (endpoint is not null && deployment?.EndpointName is { } owner && !string.Equals(owner, endpoint.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict, $"Deployment '{deployment.Name}' belongs to endpoint '{owner}', but -Endpoint names '{endpoint.Name}'.")
            {
                RecommendedAction = "Leave -Endpoint out where a deployment object is given.",
            };
        }

        string name = endpoint?.Name ?? deployment?.EndpointName ?? throw new MlValidationException(
            MlErrorIds.ParameterInvalid, deployment is null
                ? "Nothing says which endpoint is meant."
                : $"'{deployment.Name}' is only the name of a deployment; nothing says which endpoint is meant.")
        {
            RecommendedAction = "Pipe an endpoint or deployment object, or name the endpoint with -Endpoint.",
        };
        return new EndpointTarget(name, deployment?.Name, [endpoint?.Origin, deployment?.Origin]);
    }

    /// <summary>Endpoint and deployment, for messages.</summary>
    public override string ToString() => DeploymentName is null ? EndpointName : $"{EndpointName}/{DeploymentName}";
}
