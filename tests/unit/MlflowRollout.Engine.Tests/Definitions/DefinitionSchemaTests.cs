using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlflowRollout.Engine.Definitions;
using MlflowRollout.Engine.Yaml;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

public class DefinitionSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Mistakes that a schema can see: the structure alone, not paths, references, names, sums or broken text.</summary>
    public static TheoryData<string> StructuralMistakes => new(
        "deployment-unknown-key.yml", "deployment-unknown-key-camel-case.json", "deployment-unknown-nested-key.yml", "deployment-wrong-types.yml", "deployment-maps-of-text.yml",
        "deployment-choices.yml", "deployment-ranges.yml", "deployment-missing-keys.yml", "deployment-refused-keys.yml", "deployment-null.yml", "deployment-list.yml", "deployment-text.yml",
        "endpoint-unknown-key.yml", "endpoint-auth-mode.yml", "endpoint-traffic-values.yml", "model-unknown-key.yml", "model-flavors.yml", "model-datastore.yml", "traffic-unknown-key.json");

    public static TheoryData<string> Samples => DefinitionSampleTests.Samples;

    [Fact]
    public void CommittedSchemas_AreThoseOfTheTables()
    {
        foreach ((string file, string title, DefinitionSection section) in DefinitionSchema.All)
        {
            DefinitionFolders.Expect(Path.Combine(RepositoryPaths.Root, "docs", "schemas", file), DefinitionSchema.Write(title, section).ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
        }
    }

    [Fact]
    public void GuidesTables_AreThoseOfTheKeys()
    {
        string path = Path.Combine(RepositoryPaths.Root, "docs", "guides", "definition-files.md");
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        DefinitionSection[] roots = [EndpointKeys.Endpoint, DeploymentKeys.Deployment, ModelKeys.Model, EnvironmentKeys.Environment];
        foreach (DefinitionSection root in roots)
        {
            string begin = $"<!-- keys of {root.Name} -->\n";
            string end = $"<!-- end of keys of {root.Name} -->\n";
            int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            text = text[..start] + DefinitionTables.Write(root, roots) + text[text.IndexOf(end, StringComparison.Ordinal)..];
        }

        DefinitionFolders.Expect(path, text);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Schema_AcceptsEverySample(string name)
    {
        Assert.Empty(Validate(Path.Combine(DefinitionFolders.Samples, name)));
    }

    [Theory]
    [MemberData(nameof(StructuralMistakes))]
    public void Schema_RefusesWhatTheReaderRefuses(string name)
    {
        Assert.NotEmpty(Validate(Path.Combine(DefinitionFolders.Mistakes, name)));
    }

    private static List<string> Validate(string path)
    {
        string kind = DefinitionFolders.KindOf(path) == "traffic" && path.Contains("of-an-endpoint", StringComparison.Ordinal) ? "endpoint" : DefinitionFolders.KindOf(path);
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "schemas", $"{kind}.schema.json")))!;
        List<string> problems = [];
        Check(ToJson(DefinitionFile.Read(path, _ => { })), schema.AsObject(), "$", problems);
        return problems;
    }

    // As an editor sees the file: numbers, truth values and null without quotes.
    private static JsonElement ToJson(YamlItem item)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            item.WriteJson(writer);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement.Clone();
    }

    /// <summary>The part of JSON schema that ours are made of; any other word fails the test.</summary>
    private static void Check(JsonElement value, JsonObject schema, string path, List<string> problems)
    {
        foreach ((string word, JsonNode? rule) in schema)
        {
            switch (word)
            {
                case "$schema" or "title" or "description":
                    break;
                case "type":
                    string[] types = rule is JsonArray many ? [.. many.Select(type => type!.GetValue<string>())] : [rule!.GetValue<string>()];
                    if (!Array.Exists(types, type => IsOfType(value, type)))
                    {
                        problems.Add($"{path} is no {string.Join(" or ", types)}");
                    }

                    break;
                case "enum":
                    if (value.ValueKind != JsonValueKind.String || !rule!.AsArray().Any(allowed => allowed!.GetValue<string>() == value.GetString()))
                    {
                        problems.Add($"{path} is not in the list");
                    }

                    break;
                case "pattern":
                    if (value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, rule!.GetValue<string>(), RegexOptions.CultureInvariant))
                    {
                        problems.Add($"{path} does not match");
                    }

                    break;
                case "minimum" or "maximum":
                    double bound = rule!.GetValue<double>();
                    if (value.ValueKind == JsonValueKind.Number && (word == "minimum" ? value.GetDouble() < bound : value.GetDouble() > bound))
                    {
                        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path} is beyond {bound}"));
                    }

                    break;
                case "not":
                    problems.Add($"{path} is not allowed");
                    break;
                case "anyOf":
                    if (!rule!.AsArray().Any(form => Accepts(value, form!.AsObject(), path)))
                    {
                        problems.Add($"{path} has none of the forms");
                    }

                    break;
                case "required":
                    problems.AddRange(rule!.AsArray().Where(key => value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(key!.GetValue<string>(), out _)).Select(key => $"{path} lacks {key}"));
                    break;
                case "items":
                    foreach (JsonElement entry in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [])
                    {
                        Check(entry, rule!.AsObject(), path + "[]", problems);
                    }

                    break;
                case "properties" or "additionalProperties":
                    CheckProperties(value, schema, word, path, problems);
                    break;
                default:
                    Assert.Fail($"The schema has the word '{word}', which this test does not know.");
                    break;
            }
        }
    }

    private static void CheckProperties(JsonElement value, JsonObject schema, string word, string path, List<string> problems)
    {
        foreach (JsonProperty entry in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().ToArray() : [])
        {
            string inner = $"{path}.{entry.Name}";
            JsonNode? own = schema["properties"]?[entry.Name];
            if (word == "properties" && own is JsonObject known)
            {
                Check(entry.Value, known, inner, problems);
            }
            else if (word == "additionalProperties" && own is null)
            {
                if (schema[word] is JsonObject others)
                {
                    Check(entry.Value, others, inner, problems);
                }
                else
                {
                    problems.Add($"{inner} is unknown");
                }
            }
        }
    }

    private static bool Accepts(JsonElement value, JsonObject schema, string path)
    {
        List<string> problems = [];
        Check(value, schema, path, problems);
        return problems.Count == 0;
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new InvalidOperationException(type),
    };
}
