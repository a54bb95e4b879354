using System.Collections;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes names of endpoints.</summary>
public sealed class EndpointNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound) =>
        NameCache.Shared.Get(scope.Key("endpoints"), token => ListAsync(scope.Client, token));

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(
        IMlWorkspaceClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlEndpoint endpoint in client.Endpoints.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return (endpoint.Name, $"Endpoint in {endpoint.WorkspaceName}, {endpoint.ProvisioningState}, traffic {(endpoint.Traffic.Count > 0 ? endpoint.Traffic : "none")}");
        }
    }
}
