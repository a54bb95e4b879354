using System.Collections;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>Completes versions of the model that is typed.</summary>
public sealed class ModelVersionCompleter : NameCompleter
{
    private static readonly (string Name, string Tooltip)[] Always = [("latest", "The newest version"), ("*", "All versions")];

    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound)
    {
        object? name = bound?["Name"];
        string? model = (name is PSObject wrapped ? wrapped.BaseObject : name) switch
        {
            string text => text,
            object?[] many => many.FirstOrDefault()?.ToString(),
            _ => null,
        };
        return model is null || WildcardPattern.ContainsWildcardCharacters(model)
            ? Always
            : Always.Concat(Versions(scope, model));
    }

    /// <summary>The versions of a model.</summary>
    internal static IReadOnlyList<(string Name, string Tooltip)> Versions(CompletionScope scope, string model) =>
        NameCache.Shared.Get(scope.Key("versions", model), token => ListAsync(scope.Client, model, token));

    private static async IAsyncEnumerable<(string Name, string Tooltip)> ListAsync(
        IMlWorkspaceClient client, string model, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MlModel version in client.Models.ListAsync(new MlModelQuery { Name = model, Version = "*" }, cancellationToken).ConfigureAwait(false))
        {
            if (version.Version is { } number)
            {
                yield return (number.Value, ModelNameCompleter.Describe(version));
            }
        }
    }
}
