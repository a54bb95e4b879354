using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MlflowRollout.Emulator.Models;

/// <summary>A model folder as MLflow writes it, read from its <c>MLmodel</c> file.</summary>
internal sealed class MlflowModel
{
    public const string FileName = "MLmodel";
    private const int LargestFile = 1 << 20;

    // What flavors call the files they load; each must stay in the folder.
    private static readonly string[] PathKeys = ["data", "model_path", "model_data", "pickled_model", "model_file", "artifact_path", "path", "code"];

    private MlflowModel(string folder, IReadOnlyDictionary<string, MlflowFlavor> flavors, ModelSignature? signature, string? inputExample)
    {
        Folder = folder;
        Flavors = flavors;
        Signature = signature;
        InputExample = inputExample;
    }

    public string Folder { get; }

    public IReadOnlyDictionary<string, MlflowFlavor> Flavors { get; }

    public ModelSignature? Signature { get; }

    /// <summary>Full path of the saved input example, if the model names one that exists.</summary>
    public string? InputExample { get; }

    /// <summary>The module that makes <c>predict</c>, such as <c>mlflow.sklearn</c>; it decides the shape of replies.</summary>
    public string? LoaderModule => Flavors.TryGetValue("python_function", out var flavor) ? flavor["loader_module"] : null;

    /// <exception cref="ModelFormatException">The folder has no readable <c>MLmodel</c>.</exception>
    public static MlflowModel Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new ModelFormatException($"The folder has no file '{FileName}' at its top. An MLflow model folder has one; register the folder that contains it.");
        }

        if (new FileInfo(path).Length > LargestFile)
        {
            throw new ModelFormatException($"The file '{FileName}' is larger than {LargestFile / 1024} KiB, which no MLflow model needs.");
        }

        var root = ReadYaml(path);
        return new MlflowModel(folder, ReadFlavors(folder, root), ReadSignature(root), ReadInputExample(folder, root));
    }

    /// <summary>The full path of a file that a flavor names.</summary>
    public string Resolve(string key, string relative) => ModelPath.Resolve(Folder, key, relative);

    private static YamlMappingNode ReadYaml(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(new LimitedYamlParser(new Parser(reader)));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root)
            {
                return root;
            }
        }
        catch (YamlException failure)
        {
            throw new ModelFormatException(
                $"The file '{FileName}' is not readable YAML: line {failure.Start.Line}, column {failure.Start.Column}: {failure.Message}", failure);
        }

        throw new ModelFormatException($"The file '{FileName}' must be one YAML map with a key 'flavors'.");
    }

    private static Dictionary<string, MlflowFlavor> ReadFlavors(string folder, YamlMappingNode root)
    {
        if (Child(root, "flavors") is not YamlMappingNode { Children.Count: > 0 } flavors)
        {
            throw new ModelFormatException($"The file '{FileName}' has no map 'flavors', which says how the model is loaded.");
        }

        var read = new Dictionary<string, MlflowFlavor>(StringComparer.Ordinal);
        foreach (var (key, value) in flavors.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? throw new ModelFormatException($"The file '{FileName}', line {key.Start.Line}: a flavor needs a name.");
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            if (value is YamlMappingNode map)
            {
                foreach (var (settingKey, settingValue) in map.Children)
                {
                    if (settingKey is YamlScalarNode { Value: { } setting } && settingValue is YamlScalarNode { Value: { } text } && !IsNull(text))
                    {
                        settings[setting] = text;
                    }
                }

                if (Child(map, "artifacts") is YamlMappingNode artifacts)
                {
                    CheckArtifacts(folder, name, artifacts);
                }
            }

            foreach (var pathKey in PathKeys)
            {
                if (settings.TryGetValue(pathKey, out var relative) && relative.Length > 0)
                {
                    ModelPath.Resolve(folder, $"flavors.{name}.{pathKey}", relative);
                }
            }

            read[name] = new MlflowFlavor(name, settings);
        }

        return read;
    }

    private static void CheckArtifacts(string folder, string flavor, YamlMappingNode artifacts)
    {
        foreach (var (key, value) in artifacts.Children)
        {
            if (value is YamlMappingNode artifact && Child(artifact, "path") is YamlScalarNode { Value: { } relative })
            {
                ModelPath.Resolve(folder, $"flavors.{flavor}.artifacts.{key}.path", relative);
            }
        }
    }

    private static ModelSignature? ReadSignature(YamlMappingNode root)
    {
        if (Child(root, "signature") is not YamlMappingNode signature)
        {
            return null;
        }

        return ModelSignature.Parse(Text(signature, "inputs"), Text(signature, "outputs"), Text(signature, "params"));
    }

    private static string? ReadInputExample(string folder, YamlMappingNode root)
    {
        if (Child(root, "saved_input_example_info") is not YamlMappingNode info || Text(info, "artifact_path") is not { } relative)
        {
            return null;
        }

        var path = ModelPath.Resolve(folder, "saved_input_example_info.artifact_path", relative);
        return File.Exists(path) ? path : null;
    }

    private static YamlNode? Child(YamlMappingNode map, string key)
        => map.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Text(YamlMappingNode map, string key)
        => Child(map, key) is YamlScalarNode { Value: { } text } && !IsNull(text) ? text : null;

    private static bool IsNull(string text) => text is "null" or "~" or "";
}
