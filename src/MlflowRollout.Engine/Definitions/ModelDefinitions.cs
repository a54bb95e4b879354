using MlflowRollout.Definitions;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Definitions of models.</summary>
internal static class ModelDefinitions
{
    private const string MlflowPrefix = "mlflow-model:";

    /// <summary>Checks the rules beyond the key table and makes the definition.</summary>
    /// <param name="scope">The reading.</param>
    /// <param name="node">The model's map.</param>
    /// <param name="isInline">True within a deployment, where nothing else says what is missing.</param>
    public static MlModelDefinition Map(DefinitionScope scope, DefinitionNode node, bool isInline)
    {
        AssetReferences.CheckModelName(scope, node.Item("name"));
        AssetReferences.CheckVersion(scope, node.Item("version"));
        if (isInline && node.Text("version") is not null && node.Item("name") is null)
        {
            scope.Findings.Add(node.Place("version"), "a model with a version needs a name");
        }

        if (isInline && node.Item("path") is null)
        {
            scope.Findings.Add(node.At, "the model has no 'path', so there is nothing to register; for a model that is registered write model: azureml:<name>:<version>");
        }

        string? type = node.Choice("type");
        string? source = Source(scope, node.Item("path"), ref type);
        return new MlModelDefinition
        {
            File = scope.File,
            Name = node.Text("name"),
            Version = node.Text("version"),
            Source = source,
            ModelType = type,
            Flavors = node.Flavors("flavors"),
            Description = node.Text("description"),
            Stage = node.Text("stage"),
            Tags = node.Texts("tags"),
            Properties = node.Texts("properties"),
            Notes = isInline ? [] : scope.Notes,
        };
    }

    private static string? Source(DefinitionScope scope, YamlItem? path, ref string? type)
    {
        if (path?.Text is not { } text)
        {
            return null;
        }

        if (text.StartsWith(MlflowPrefix, StringComparison.OrdinalIgnoreCase))
        {
            if (type is not (null or "mlflow_model"))
            {
                scope.Findings.Add(path, $"'path' begins with {MlflowPrefix}, and 'type' is {type}");
            }

            type = "mlflow_model";
            path = new YamlItem { Text = text[MlflowPrefix.Length..], Line = path.Line, Column = path.Column };
            text = path.Text;
        }

        if (AssetReferences.IsRemote(text))
        {
            return text;
        }

        if (text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || text.Contains("://", StringComparison.Ordinal))
        {
            scope.Findings.Add(path, $"'path' is '{text}', which is no place of a model's files: write a local path, azureml://datastores/<name>/paths/<path>, azureml://jobs/<job>/outputs/<output>/paths/<path>, runs:/<run>/<path>, or https://…");
            return null;
        }

        // The service's default is custom_model; an MLflow model says itself that it is one.
        string? full = LocalPaths.Find(scope, path, "path", mustBeFolder: null);
        type ??= full is null || File.Exists(Path.Combine(full, MlmodelFile.FileName)) ? null : "custom_model";
        return full;
    }
}
