using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes whole traffic maps of the endpoint that is typed or comes down the pipeline, in the form of the Azure CLI: <c>'blue=90 green=10'</c>.</summary>
public sealed class TrafficMapCompleter : NameCompleter
{
    private static readonly int[] Shares = [10, 50, 90];

    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound)
    {
        if (scope.EndpointName is not { } endpoint)
        {
            return [];
        }

        // The name of a deployment, and its weight as the tooltip.
        IReadOnlyList<(string Name, string Weight)> deployments = NameCache.Shared.Get(scope.Key("weights", endpoint), token => ListAsync(scope.Client, endpoint, token));
        return Maps([.. deployments.Select(one => (one.Name, int.Parse(one.Weight, CultureInfo.InvariantCulture)))]);
    }

    /// <summary>Maps that are likely to be meant: what is set now, a share for one that has less, and everything to one.</summary>
    /// <param name="deployments">Names and live weights.</param>
    internal static IEnumerable<(string Name, string Tooltip)> Maps(IReadOnlyList<(string Name, int Weight)> deployments)
    {
        if (deployments.Sum(one => one.Weight) == 100)
        {
            yield return (Text(deployments), "as it is now");
        }

        foreach ((string name, int weight) in deployments)
        {
            yield return (Text(deployments.Select(one => (one.Name, one.Name == name ? 100 : 0))), $"everything to {name}");
            if (deployments.Count != 2)
            {
                continue;
            }

            (string other, _) = deployments.First(one => one.Name != name);
            foreach (int share in Shares.Where(share => share > weight))
            {
                yield return (Text(deployments.Select(one => (one.Name, one.Name == name ? share : 100 - share))), $"{share} % to {name}, the rest to {other}");
            }
        }
    }

    private static string Text(IEnumerable<(string Name, int Weight)> map) =>
        string.Join(' ', map.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name}={one.Weight}")));

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(
        IMlWorkspaceClient client, string endpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlDeployment deployment in client.Deployments.ListAsync(endpoint, cancellationToken).ConfigureAwait(false))
        {
            yield return (deployment.Name, (deployment.TrafficWeight ?? 0).ToString(CultureInfo.InvariantCulture));
        }
    }
}
