using System.Collections;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes names of models.</summary>
public sealed class ModelNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound) =>
        NameCache.Shared.Get(scope.Key("models"), token => ListAsync(scope.Client, new MlModelQuery(), token));

    /// <summary>Names, with the version and flavors in the tooltip.</summary>
    internal static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(
        IMlWorkspaceClient client, MlModelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlModel model in client.Models.ListAsync(query, cancellationToken).ConfigureAwait(false))
        {
            yield return (model.Name, Describe(model));
        }
    }

    internal static string Describe(MlModel model) =>
        $"{model.Name}, version {model.Version}{(model.Flavors.Length > 0 ? $", {string.Join(", ", model.Flavors)}" : string.Empty)}{(model.Stage is null ? string.Empty : $", {model.Stage}")}";
}
