using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Definitions;

/// <summary>JSON schemas for editors, made from the key tables.</summary>
internal static class DefinitionSchema
{
    private const string Draft = "http://json-schema.org/draft-07/schema#";
    private const string TruthPattern = "^([tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF])$";

    /// <summary>The schemas: file name and table.</summary>
    public static IReadOnlyList<(string File, string Title, DefinitionSection Section)> All { get; } =
    [
        ("endpoint.schema.json", "Online endpoint, managed or Kubernetes", EndpointKeys.Endpoint),
        ("deployment.schema.json", "Online deployment, managed or Kubernetes", DeploymentKeys.Deployment),
        ("model.schema.json", "Model", ModelKeys.Model),
        ("environment.schema.json", "Environment of a deployment, in a file of its own", EnvironmentKeys.Environment),
        ("traffic.schema.json", "Weights of an endpoint's deployments", EndpointKeys.Weights),
    ];

    /// <summary>The schema of a table.</summary>
    public static JsonObject Write(string title, DefinitionSection section)
    {
        JsonObject schema = new() { ["$schema"] = Draft, ["title"] = title };
        foreach ((string name, JsonNode? value) in Section(section).ToArray())
        {
            schema[name] = value?.DeepClone();
        }

        return schema;
    }

    private static JsonObject Section(DefinitionSection section)
    {
        JsonObject properties = [];
        foreach (DefinitionKey key in section.Keys)
        {
            properties[key.Name] = Key(key);
        }

        JsonObject schema = new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        JsonNode[] required = [.. section.Keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)];
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    private static JsonObject Key(DefinitionKey key)
    {
        if (key.Form == DefinitionForm.Refused)
        {
            return new JsonObject { ["description"] = $"Not offered: {key.Description}.", ["not"] = new JsonObject() };
        }

        JsonObject schema = Value(key);
        string description = key.Form == DefinitionForm.ReadOnly ? $"{key.Description} Written by the service and passed over." : key.Description;
        schema["description"] = key.OnlyFor is { } only ? $"{description} {only} endpoints only." : description;
        return schema;
    }

    private static JsonObject Value(DefinitionKey key) => key.Form switch
    {
        DefinitionForm.Text => Text(),
        DefinitionForm.Version => new JsonObject { ["type"] = new JsonArray("string", "number") },
        DefinitionForm.Whole => AnyOf(Ranged("integer", key), new JsonObject { ["type"] = "string", ["pattern"] = "^-?[0-9]+$" }),
        DefinitionForm.Number => AnyOf(Ranged("number", key), new JsonObject { ["type"] = "string", ["pattern"] = "^-?[0-9.]+$" }),
        DefinitionForm.Truth => AnyOf(new JsonObject { ["type"] = "boolean" }, new JsonObject { ["type"] = "string", ["pattern"] = TruthPattern }),
        DefinitionForm.Choice => AnyOf(
            new JsonObject { ["enum"] = new JsonArray([.. key.Choices.Select(choice => (JsonNode)choice)]) },
            new JsonObject { ["type"] = "string", ["pattern"] = $"^({string.Join('|', key.Choices.Select(AnyCase))})$" }),
        DefinitionForm.Texts => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } },
        DefinitionForm.Weights => new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = AnyOf(Ranged("integer", key), new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+$" }),
        },
        DefinitionForm.Flavors => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("object", "null") } },
        DefinitionForm.List => new JsonObject { ["type"] = "array", ["items"] = key.Section is { } entry ? AnyOf(Text(), Section(entry)) : Text() },
        DefinitionForm.Section => Section(key.Section!),
        DefinitionForm.Sections => new JsonObject { ["type"] = "object", ["additionalProperties"] = Section(key.Section!) },
        DefinitionForm.TextOrSection => AnyOf(Text(), Section(key.Section!)),
        DefinitionForm.TextOrMap => AnyOf(Text(), new JsonObject { ["type"] = "object" }),
        _ => [],
    };

    private static JsonObject Text() => new() { ["type"] = new JsonArray("string", "number") };

    private static JsonObject AnyOf(params JsonNode[] forms) => new() { ["anyOf"] = new JsonArray(forms) };

    private static JsonObject Ranged(string type, DefinitionKey key)
    {
        JsonObject schema = new() { ["type"] = type };
        if (key.Minimum is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (key.Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }

    // Schemas know no regular expression without case.
    private static string AnyCase(string choice)
    {
        StringBuilder pattern = new();
        foreach (char letter in choice)
        {
            pattern.Append(letter switch
            {
                '_' => "_?",
                ',' => ", ?",
                _ => string.Create(CultureInfo.InvariantCulture, $"[{letter}{char.ToUpperInvariant(letter)}]"),
            });
        }

        return pattern.ToString();
    }
}
