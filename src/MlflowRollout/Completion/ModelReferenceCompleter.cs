using System.Collections;

namespace MlflowRollout.Completion;

/// <summary>Completes references of models: names, <c>azureml:name@latest</c> where the prefix is typed, and versions once the colon after the name is.</summary>
public sealed class ModelReferenceCompleter : NameCompleter
{
    private const string Prefix = "azureml:";

    private protected override IEnumerable<(string Name, string Tooltip)> Names(CompletionScope scope, string typed, IDictionary? bound)
    {
        string text = typed.Trim('\'', '"');
        string rest = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            string model = rest[..colon];
            return ModelVersionCompleter.Versions(scope, model).Select(version => ($"{text[..^rest.Length]}{model}:{version.Name}", version.Tooltip));
        }

        bool prefixed = text.StartsWith(Prefix[..^1], StringComparison.OrdinalIgnoreCase);
        return NameCache.Shared.Get(scope.Key("models"), token => ModelNameCompleter.ListAsync(scope.Client, new(), token))
            .Select(model => (prefixed ? $"{Prefix}{model.Name}@latest" : model.Name, model.Tooltip));
    }
}
