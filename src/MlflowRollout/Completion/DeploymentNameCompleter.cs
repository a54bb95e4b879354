using System.Collections;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes names of deployments: those of the endpoint that is typed or comes down the pipeline, else those of all endpoints.</summary>
public sealed class DeploymentNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound) =>
        scope.EndpointName is { } endpoint
            ? NameCache.Shared.Get(scope.Key("deployments", endpoint), token => ListAsync(scope.Client, endpoint, token))
            : NameCache.Shared.Get(scope.Key("deployments"), token => ListAllAsync(scope.Client, token));

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(
        IMlWorkspaceClient client, string endpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlDeployment deployment in client.Deployments.ListAsync(endpoint, cancellationToken).ConfigureAwait(false))
        {
            yield return (
                deployment.Name,
                $"{deployment.EndpointName}/{deployment.Name}: {deployment.ModelName} {deployment.ModelVersion}, {deployment.ProvisioningState}, {deployment.TrafficWeight ?? 0} % of traffic");
        }
    }

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAllAsync(
        IMlWorkspaceClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlEndpoint endpoint in client.Endpoints.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            await foreach ((string Name, string Tooltip) found in ListAsync(client, endpoint.Name, cancellationToken).ConfigureAwait(false))
            {
                yield return found;
            }
        }
    }
}
