using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm;

/// <summary>What endpoints, deployments and models have in common: the envelope around their properties.</summary>
internal static class ResourceBody
{
    /// <summary>Entries of <c>properties.properties</c> that only the server writes.</summary>
    private static readonly string[] ServerProperties =
        ["azureml.onlineendpointid", "azureml.onlinedeploymentid", "AzureAsyncOperationUri", "createdAt", "createdBy", "lastModifiedAt", "lastModifiedBy"];

    private static readonly string[] ServerMembers = ["id", "name", "type", "systemData", "kind"];

    public static JsonObject RequiredProperties(JsonObject source) =>
        source.OptionalObject("properties", "properties")
        ?? throw ArmErrors.InvalidContent("The request content was invalid: 'properties' is missing.", "properties");

    public static string RequiredLocation(JsonObject source)
    {
        string? location = source.OptionalText("location", "location");
        return string.IsNullOrWhiteSpace(location)
            ? throw new ArmException(400, "LocationRequired", "The location property is required for this definition.", "location")
            : location;
    }

    /// <summary>The envelope as it is stored: everything the client sent but what the server owns.</summary>
    public static JsonObject Envelope(JsonObject source, JsonObject properties)
    {
        JsonObject body = [];
        foreach ((string key, JsonNode? value) in source)
        {
            if (!ServerMembers.Contains(key, StringComparer.OrdinalIgnoreCase) && !key.Equals("properties", StringComparison.OrdinalIgnoreCase))
            {
                body[key] = value?.DeepClone();
            }
        }

        Set(body, "tags", source.OptionalTextMap("tags", "tags") ?? []);
        body["properties"] = properties;
        return body;
    }

    /// <summary>The user's entries of <c>properties.properties</c>: they can be added, neither altered nor removed.</summary>
    public static JsonObject UserProperties(JsonObject sent, JsonObject? before, string detailCode)
    {
        JsonObject result = before?.DeepClone().AsObject() ?? [];
        foreach ((string key, JsonNode? value) in sent)
        {
            if (ServerProperties.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            string text = value!.GetValue<string>();
            if (result[key] is { } existing && existing.GetValue<string>() != text)
            {
                throw ArmErrors.Validation(detailCode, [("Properties", $"The property '{key}' has the value '{existing.GetValue<string>()}' and cannot be changed. Properties can only be added; use tags for values that change.")]);
            }

            result[key] = text;
        }

        return result;
    }

    /// <summary>Sets a member and drops any that differs from it in case only.</summary>
    public static void Set(JsonObject target, string name, JsonNode? value)
    {
        foreach (string key in target.Select(entry => entry.Key).Where(key => key != name && key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            target.Remove(key);
        }

        target[name] = value;
    }

    public static JsonObject SystemData(ResourceRecord record) => new()
    {
        ["createdBy"] = "emulator",
        ["createdByType"] = "User",
        ["createdAt"] = StoredTime.Write(record.CreatedAt),
        ["lastModifiedBy"] = "emulator",
        ["lastModifiedByType"] = "User",
        ["lastModifiedAt"] = StoredTime.Write(record.ModifiedAt),
    };

    /// <summary>Whether a resource has what a list filter asks: <c>key1,key2=value2</c>.</summary>
    public static bool HasAll(JsonObject? map, string? filter)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            return true;
        }

        foreach (string part in filter.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2);
            if (map is null || !map.TryGetPropertyValue(pair[0], out JsonNode? value) || (pair.Length == 2 && value?.GetValue<string>() != pair[1]))
            {
                return false;
            }
        }

        return true;
    }
}
