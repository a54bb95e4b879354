using MlflowRollout.Engine.Yaml;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Environments;

/// <summary>A conda file, which the service takes as text.</summary>
internal static class CondaFile
{
    private static readonly string[] ListKeys = ["channels", "dependencies"];

    /// <summary>
    /// The text as the official clients write it: keys sorted, one style. Two files that say the same give one environment.
    /// </summary>
    /// <exception cref="MlValidationException">It is no YAML, or not that of a conda environment.</exception>
    public static string Normalize(string text)
    {
        YamlItem root;
        try
        {
            root = YamlTree.Read(text);
        }
        catch (YamlException exception)
        {
            throw Invalid($"it is broken YAML at line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}", exception);
        }

        if (root.Map is not { Count: > 0 } map)
        {
            throw Invalid("it is no map with channels and dependencies");
        }

        foreach (string key in ListKeys)
        {
            if (map.TryGetValue(key, out YamlItem? value) && value.Items is null)
            {
                throw Invalid($"'{key}' at line {value.Line} is no list");
            }
        }

        return SortedYaml.Write(root);
    }

    private static MlValidationException Invalid(string rule, Exception? cause = null) =>
        new(MlErrorIds.EnvironmentInvalid, $"The conda file of the environment cannot be used: {rule}. Nothing was changed.", MlErrorCategory.InvalidData, cause)
        {
            RecommendedAction = "Give a file as 'conda env export' or MLflow writes it: name, channels, dependencies.",
        };
}
