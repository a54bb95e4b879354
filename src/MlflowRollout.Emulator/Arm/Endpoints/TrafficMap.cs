using System.Globalization;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>Weights by deployment name.</summary>
internal static class TrafficMap
{
    /// <summary>Reads a map of whole numbers; what is no weight becomes an error of the list.</summary>
    public static Dictionary<string, int> Read(JsonObject properties, string name, string field, List<(string Field, string Reason)> errors)
    {
        Dictionary<string, int> weights = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string deployment, JsonNode? value) in properties.OptionalObject(name, $"properties.{name}") ?? [])
        {
            if (value is not JsonValue number || !ArmJson.TryInteger(number, out int weight) || weight is < 0 or > 100)
            {
                errors.Add((field, $"The weight {value?.ToJsonString() ?? "null"} of deployment '{deployment}' must be a whole number from 0 to 100."));
            }
            else if (!weights.TryAdd(deployment, weight))
            {
                errors.Add((field, $"The deployment '{deployment}' is named twice."));
            }
        }

        return weights;
    }

    /// <summary>Weights of a stored body.</summary>
    public static Dictionary<string, int> ReadStored(JsonObject? body, string name)
    {
        Dictionary<string, int> weights = new(StringComparer.OrdinalIgnoreCase);
        if (body?["properties"]?[name] is JsonObject map)
        {
            foreach ((string deployment, JsonNode? weight) in map)
            {
                weights[deployment] = weight!.GetValue<int>();
            }
        }

        return weights;
    }

    public static JsonObject Write(IEnumerable<KeyValuePair<string, int>> weights)
    {
        JsonObject map = [];
        foreach ((string deployment, int weight) in weights)
        {
            map[deployment] = weight;
        }

        return map;
    }

    public static string Describe(IEnumerable<KeyValuePair<string, int>> weights) =>
        string.Join(", ", weights.Select(pair => $"{pair.Key}={pair.Value.ToString(CultureInfo.InvariantCulture)}"));
}
