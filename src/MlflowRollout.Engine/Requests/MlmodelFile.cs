using System.Text;
using System.Text.Json;
using MlflowRollout.Engine.Yaml;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Requests;

/// <summary>Reads and checks MLflow models: the <c>MLmodel</c> file and the folder around it.</summary>
internal static class MlmodelFile
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "MLmodel";

    private const long LargestFile = 4 * 1024 * 1024;

    // Settings of flavors that name a file or folder of the model (MLflow, the flavors' save_model functions).
    private static readonly string[] PathSettings =
        ["data", "model_path", "pickled_model", "model_data", "saved_model_dir", "model_binary", "tokenizer_name_path", "code", "config_path"];

    /// <summary>Reads and checks a model folder: the file itself, its flavors, and that all it refers to lies within the folder and exists.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <exception cref="MlValidationException">The folder is no usable MLflow model; names the file and the rule.</exception>
    public static MlmodelContent Validate(string folder)
    {
        ModelFolder place = new(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            string inside = place.FindNested(FileName) is { } nested ? $" There is one in '{nested}'; give that folder." : " Give the folder that mlflow wrote, in which MLmodel lies; for a model of another kind say -Type custom_model.";
            throw ModelFolder.Invalid($"The folder '{folder}' has no file {FileName}, which every MLflow model has.{inside}", folder);
        }

        place.CheckLinks();
        MlmodelContent content = Parse(ReadText(path), path);
        foreach (MlmodelReference reference in content.References)
        {
            place.CheckReference(path, reference);
        }

        return content;
    }

    /// <summary>Reads the text of an <c>MLmodel</c> file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="MlValidationException">Broken YAML, no flavors, or a signature that cannot be read.</exception>
    public static MlmodelContent Parse(string text, string origin)
    {
        YamlItem root;
        try
        {
            root = YamlTree.Read(text);
        }
        catch (YamlException exception)
        {
            throw ModelFolder.Invalid(
                $"The file '{origin}' is broken YAML at line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}", origin, exception);
        }

        if (root.Map is null)
        {
            throw ModelFolder.Invalid($"The file '{origin}' is no MLmodel: line {root.Line} begins no map with flavors.", origin);
        }

        if (root["flavors"]?.Map is not { Count: > 0 } flavors)
        {
            throw ModelFolder.Invalid($"The file '{origin}' has no flavors, so nothing can load the model. Log it again with mlflow.", origin);
        }

        return new MlmodelContent
        {
            Flavors = flavors.ToDictionary(flavor => flavor.Key, flavor => (IReadOnlyDictionary<string, string>)Settings(flavor.Value), StringComparer.Ordinal),
            Signature = ReadSignature(root["signature"], origin),
            RunId = root["run_id"]?.Text,
            MlflowVersion = root["mlflow_version"]?.Text,
            References = FindReferences(flavors, root),
        };
    }

    private static string ReadText(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (file.Length > LargestFile)
            {
                throw ModelFolder.Invalid($"The file '{path}' is larger than {LargestFile / 1024 / 1024} MiB; an MLmodel file is a few kilobytes.", path);
            }

            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException exception)
        {
            throw ModelFolder.Invalid($"The file '{path}' is no UTF-8 text.", path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.ModelFolderInvalid, $"The file '{path}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception)
            {
                Target = path,
            };
        }
    }

    private static Dictionary<string, string> Settings(YamlItem flavor)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach ((string key, YamlItem value) in flavor.Map ?? [])
        {
            if (value is not { Text: null, Items: null, Map: null })
            {
                settings[key] = value.ToSetting();
            }
        }

        return settings;
    }

    private static MlModelSignature? ReadSignature(YamlItem? signature, string origin)
    {
        if (signature?["inputs"] is not { } inputs)
        {
            return null;
        }

        try
        {
            using JsonDocument inputsJson = ToJson(inputs);
            using JsonDocument outputsJson = ToJson(signature["outputs"]);
            using JsonDocument parametersJson = ToJson(signature["params"]);
            return SignatureJson.Read(inputsJson.RootElement, outputsJson.RootElement, parametersJson.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw ModelFolder.Invalid(
                $"The file '{origin}' has a signature (line {signature.Line}) that cannot be read: {exception.Message} Log the model again with mlflow.", origin, exception);
        }
    }

    // MLflow writes the parts as JSON text within the YAML.
    private static JsonDocument ToJson(YamlItem? part) => JsonDocument.Parse(part is null ? "null" : part.ToSetting());

    private static List<MlmodelReference> FindReferences(Dictionary<string, YamlItem> flavors, YamlItem root)
    {
        List<MlmodelReference> references = [];
        foreach ((string name, YamlItem flavor) in flavors)
        {
            foreach (string setting in PathSettings)
            {
                Add(references, $"flavors.{name}.{setting}", flavor[setting]);
            }

            foreach ((string artifact, YamlItem value) in flavor["artifacts"]?.Map ?? [])
            {
                Add(references, $"flavors.{name}.artifacts.{artifact}", value.Map is null ? value : value["path"]);
            }

            if (flavor["env"] is { } environment)
            {
                Add(references, $"flavors.{name}.env", environment);
                foreach ((string kind, YamlItem value) in environment.Map ?? [])
                {
                    Add(references, $"flavors.{name}.env.{kind}", value);
                }
            }
        }

        Add(references, "saved_input_example_info.artifact_path", root["saved_input_example_info"]?["artifact_path"]);
        return references;
    }

    private static void Add(List<MlmodelReference> references, string setting, YamlItem? value)
    {
        if (value?.Text is { } path)
        {
            references.Add(new MlmodelReference(setting, path, value.Line));
        }
    }
}
