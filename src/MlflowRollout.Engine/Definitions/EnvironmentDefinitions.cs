using System.Text;
using System.Text.Json;
using MlflowRollout.Engine.Yaml;
using MlflowRollout.Services;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Environments in definitions of deployments.</summary>
internal static class EnvironmentDefinitions
{
    private const int LargestCondaFile = 1024 * 1024;
    private const string FilePrefix = "file:";

    /// <summary>Checks the rules beyond the key table and makes the settings.</summary>
    public static MlEnvironmentSettings? Map(DefinitionScope scope, DefinitionNode deployment)
    {
        if (deployment.Child("environment") is { } inline)
        {
            return MapInline(scope, inline);
        }

        if (deployment.Item("environment") is not { Text: { } text } reference)
        {
            return null;
        }

        return text.StartsWith(FilePrefix, StringComparison.OrdinalIgnoreCase)
            ? ReadFile(scope, reference)
            : new MlEnvironmentSettings { Reference = AssetReferences.Environment(scope, reference) };
    }

    private static MlEnvironmentSettings? ReadFile(DefinitionScope scope, YamlItem reference)
    {
        string written = reference.Text![FilePrefix.Length..];
        YamlItem at = new() { Text = written.StartsWith("//", StringComparison.Ordinal) ? written[2..] : written, Line = reference.Line, Column = reference.Column };
        if (LocalPaths.Find(scope, at, "environment", mustBeFolder: false) is not { } path)
        {
            return null;
        }

        // A file of its own: its places are its own too, and so is the folder that its paths count from.
        DefinitionScope inner = new(path);
        YamlItem root = DefinitionFile.Read(path, key => inner.Findings.Add(key, $"the key '{key.Text}' is there twice"));
        new DefinitionCheck(inner, EnvironmentKeys.Environment, MlComputeType.Managed).CheckMap(root, EnvironmentKeys.Environment);
        MlEnvironmentSettings settings = MapInline(inner, new DefinitionNode(root, EnvironmentKeys.Environment));
        inner.Findings.ThrowIfAny();
        scope.NoteAll(inner.Notes);
        return settings;
    }

    private static MlEnvironmentSettings MapInline(DefinitionScope scope, DefinitionNode node)
    {
        AssetReferences.CheckVersion(scope, node.Item("version"));
        if (node.Item("name") is null && node.Item("version") is not null)
        {
            scope.Findings.Add(node.Place("version"), "an environment with a version needs a name");
        }

        if (node.Item("image") is not null && node.Item("build") is not null)
        {
            scope.Findings.Add(node.Place("build"), "an environment has 'image' or 'build', not both");
        }
        else if (node.Item("image") is null && node.Item("build") is null)
        {
            scope.Findings.Add(node.At, "an environment needs 'image' or 'build'; for one that is registered write environment: azureml:<name>:<version>");
        }

        if (node.Item("build") is not null && node.Item("conda_file") is not null)
        {
            scope.Findings.Add(node.Place("conda_file"), "'conda_file' goes with 'image'; with 'build' the Dockerfile installs what is needed");
        }

        DefinitionNode? build = node.Child("build");
        string? context = build?.Item("path") is { Text: not null } folder ? BuildContext(scope, folder) : null;
        string? dockerfile = build?.Text("dockerfile_path");
        if (context is not null && Directory.Exists(context) && !File.Exists(Path.Combine(context, dockerfile ?? "Dockerfile")))
        {
            scope.Findings.Add(build!.Place(dockerfile is null ? "path" : "dockerfile_path"), $"there is no file '{dockerfile ?? "Dockerfile"}' in '{context}'");
        }

        DefinitionNode? inference = node.Child("inference_config");
        return new MlEnvironmentSettings
        {
            Name = node.Text("name"),
            Version = node.Text("version"),
            Description = node.Text("description"),
            Tags = node.Texts("tags"),
            Image = node.Text("image"),
            CondaFile = Conda(scope, node.Item("conda_file")),
            BuildContext = context,
            DockerfilePath = dockerfile,
            LivenessRoute = Route(scope, inference, "liveness_route"),
            ReadinessRoute = Route(scope, inference, "readiness_route"),
            ScoringRoute = Route(scope, inference, "scoring_route"),
            OsType = node.Choice("os_type"),
        };
    }

    private static string? BuildContext(DefinitionScope scope, YamlItem at)
    {
        if (!at.Text!.Contains("://", StringComparison.Ordinal))
        {
            return LocalPaths.Find(scope, at, "path", mustBeFolder: true);
        }

        scope.Findings.Add(at, $"'path' is '{at.Text}'; images are built from local folders, so copy it to this machine and name the folder");
        return null;
    }

    private static string? Conda(DefinitionScope scope, YamlItem? value)
    {
        if (value is { Map: not null })
        {
            // JSON is YAML too.
            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream))
            {
                value.WriteJson(writer);
            }

            return Encoding.UTF8.GetString(stream.ToArray());
        }

        if (value?.Text is null || LocalPaths.Find(scope, value, "conda_file", mustBeFolder: false) is not { } path)
        {
            return null;
        }

        (byte[]? bytes, string? problem) = BoundedFile.Read(path, LargestCondaFile);
        if (bytes is null)
        {
            scope.Findings.Add(value, $"'conda_file': '{path}': {problem}");
            return null;
        }

        string text = new UTF8Encoding(false).GetString(bytes).TrimStart('\uFEFF');
        try
        {
            if (YamlTree.Read(text).Map is null)
            {
                scope.Findings.Add(value, $"'conda_file': '{path}' is no conda file: it must be a map with name, channels and dependencies");
            }
        }
        catch (YamlException exception)
        {
            scope.Findings.Add(value, $"'conda_file': '{path}' is broken YAML at line {exception.Start.Line}, column {exception.Start.Column}");
        }

        return text;
    }

    private static MlInferenceRoute? Route(DefinitionScope scope, DefinitionNode? inference, string key)
    {
        if (inference?.Child(key) is not { } route || route.Text("path") is not { } path || route.Whole("port") is not { } port)
        {
            return null;
        }

        if (!path.StartsWith('/'))
        {
            scope.Findings.Add(route.Item("path")!, $"the path of '{key}' is '{path}'; it must begin with /");
        }

        return new MlInferenceRoute(path, port);
    }
}
