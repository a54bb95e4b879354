using System.Text.Json;
using MlflowRollout.Testing;
using YamlDotNet.RepresentationModel;

namespace MlflowRollout.Examples.Tests;

/// <summary>An <c>MLmodel</c> file of the example.</summary>
internal sealed class ModelDescription
{
    private ModelDescription(YamlMappingNode root, IReadOnlyList<SignatureColumn> inputs)
    {
        Root = root;
        Inputs = inputs;
    }

    public YamlMappingNode Root { get; }

    public IReadOnlyList<SignatureColumn> Inputs { get; }

    public static ModelDescription Read(int version)
    {
        YamlStream yaml = [];
        using StreamReader reader = File.OpenText(Path.Combine(ExampleModels.Version(version), "MLmodel"));
        yaml.Load(reader);
        YamlMappingNode root = (YamlMappingNode)yaml.Documents.Single().RootNode;
        string inputs = ((YamlScalarNode)root["signature"]["inputs"]).Value!;
        using JsonDocument columns = JsonDocument.Parse(inputs);
        return new ModelDescription(root, [.. columns.RootElement.EnumerateArray().Select(static column => new SignatureColumn(
            column.GetProperty("name").GetString()!,
            column.GetProperty("type").GetString()!,
            column.GetProperty("required").GetBoolean()))]);
    }

    /// <summary>The text at a path of keys.</summary>
    public string Text(params string[] path) =>
        ((YamlScalarNode)path.Aggregate((YamlNode)Root, static (node, key) => node[key])).Value!;
}
