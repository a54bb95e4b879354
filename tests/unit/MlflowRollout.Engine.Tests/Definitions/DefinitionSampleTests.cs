using MlflowRollout.Definitions;
using MlflowRollout.Engine.Definitions;
using MlflowRollout.Engine.Yaml;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

public class DefinitionSampleTests
{
    public static TheoryData<string> Samples => new(DefinitionFolders.FilesOf(DefinitionFolders.Samples));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_Sample_IsMappedAsExpected(string name)
    {
        object definition = DefinitionFolders.Read(Path.Combine(DefinitionFolders.Samples, name));

        DefinitionFolders.Expect(Path.Combine(DefinitionFolders.Folder, "snapshots", name + ".json"), DefinitionFolders.Write(definition));
    }

    [Fact]
    public void Samples_AreAtLeastForty_InBothForms()
    {
        string[] names = [.. DefinitionFolders.FilesOf(DefinitionFolders.Samples)];

        Assert.True(names.Length >= 40, $"There are {names.Length}.");
        foreach (string kind in new[] { "endpoint", "deployment", "model", "traffic" })
        {
            Assert.Contains(names, name => DefinitionFolders.KindOf(name) == kind && name.EndsWith(".yml", StringComparison.Ordinal));
            Assert.Contains(names, name => DefinitionFolders.KindOf(name) == kind && name.EndsWith(".json", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Samples_TogetherHaveEveryKeyAndEveryWord()
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in DefinitionFolders.FilesOf(DefinitionFolders.Samples))
        {
            string text = File.ReadAllText(Path.Combine(DefinitionFolders.Samples, name));
            YamlItem root = JsonTree.LooksLikeJson(text) && name.EndsWith("cli.json", StringComparison.Ordinal) ? JsonTree.Read(text) : YamlTree.Read(text);
            Collect(root, TableOf(name), seen);
        }

        YamlItem environment = YamlTree.Read(File.ReadAllText(Path.Combine(DefinitionFolders.Samples, "files", "environments", "scoring.yml")));
        Collect(environment, EnvironmentKeys.Environment, seen);

        string[] missing = [.. new[] { EndpointKeys.Endpoint, EndpointKeys.Weights, ModelKeys.Model, DeploymentKeys.Deployment }
            .SelectMany(table => table.All())
            .Distinct()
            .SelectMany(section => section.Keys.Where(key => key.Form != DefinitionForm.Refused).SelectMany(key => Marks(section, key)))
            .Where(mark => !seen.Contains(mark))];
        Assert.Empty(missing);
    }

    [Fact]
    public void ReadDeployment_ReplacedKeys_AreNotLookedAt()
    {
        string path = Path.Combine(DefinitionFolders.Mistakes, "deployment-paths.yml");

        MlDeploymentDefinition definition = DefinitionFolders.Reader.ReadDeployment(path, ["model", "code_configuration", "environment"]);

        Assert.Null(definition.InlineModel);
        Assert.Null(definition.Settings.Code);
        Assert.Null(definition.Settings.Environment);
    }

    [Fact]
    public void ReadEndpoint_KeysOfTheService_AreNotedWithTheirLine()
    {
        MlEndpointDefinition definition = DefinitionFolders.Reader.ReadEndpoint(Path.Combine(DefinitionFolders.Samples, "endpoint-shown-by-the-cli.yml"));

        Assert.Contains(definition.Notes, note => note.Contains("line 2: 'id' is written by the service", StringComparison.Ordinal));
        Assert.Contains(definition.Notes, note => note.Contains("'azureml.onlineendpointid'", StringComparison.Ordinal));
        Assert.Equal(["owner"], definition.Properties!.Keys);
    }

    private static void Collect(YamlItem item, DefinitionSection section, HashSet<string> seen)
    {
        foreach ((string name, YamlItem value) in item.Map ?? [])
        {
            DefinitionKey key = section.Find(name)!;
            seen.Add($"{section.Name}.{name}");
            if (key.Form == DefinitionForm.Choice)
            {
                seen.Add($"{section.Name}.{name} = {DefinitionNode.FindChoice(key, value.Text!)}");
            }

            if (key.Section is { } inner)
            {
                foreach (YamlItem child in key.Form == DefinitionForm.Sections ? [.. value.Map!.Values] : value.Items ?? [value])
                {
                    Collect(child, inner, seen);
                }
            }
        }
    }

    private static IEnumerable<string> Marks(DefinitionSection section, DefinitionKey key) =>
        [$"{section.Name}.{key.Name}", .. key.Choices.Select(choice => $"{section.Name}.{key.Name} = {choice}")];

    private static DefinitionSection TableOf(string name) => DefinitionFolders.KindOf(name) switch
    {
        "endpoint" => EndpointKeys.Endpoint,
        "deployment" => DeploymentKeys.Deployment,
        "model" => ModelKeys.Model,
        _ => name == "traffic-of-an-endpoint.yml" ? EndpointKeys.Endpoint : EndpointKeys.Weights,
    };
}
