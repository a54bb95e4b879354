using System.Collections;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes names of registries.</summary>
public sealed class RegistryNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound) =>
        NameCache.Shared.Get(scope.Key("registries"), token => ListAsync(scope.Client, token));

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(IMlWorkspaceClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string name in client.Models.ListRegistriesAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return (name, $"registry {name}");
        }
    }
}
