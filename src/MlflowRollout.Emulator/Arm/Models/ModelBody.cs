using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>What a PUT of a model container or version becomes.</summary>
internal static class ModelBody
{
    /// <summary>Member of a stored container, beside its properties, that no client sees.</summary>
    public const string HighestVersion = "highestVersion";

    private const string InvalidDetail = "ModelRegistryError";
    private static readonly string[] ReadOnly = ["latestVersion", "nextVersion", "provisioningState"];

    public static JsonObject Container(JsonObject source, ResourceRecord? before)
    {
        JsonObject properties = Common(ResourceBody.RequiredProperties(source), before);
        JsonObject body = new() { ["properties"] = properties };
        if (before?.Body[HighestVersion] is { } highest)
        {
            body[HighestVersion] = highest.DeepClone();
        }

        return body;
    }

    /// <summary>A container that comes into being with its first version.</summary>
    public static JsonObject EmptyContainer() =>
        Container(new JsonObject { ["properties"] = new JsonObject() }, null);

    public static JsonObject Version(string model, string version, JsonObject source, ResourceRecord? before)
    {
        JsonObject sent = ResourceBody.RequiredProperties(source);
        JsonObject properties = Common(sent, before);
        string? uri = sent.OptionalText("modelUri", "properties.modelUri");
        string? type = sent.OptionalText("modelType", "properties.modelType");
        string? storedUri = before?.Properties["modelUri"]?.GetValue<string>();
        string? storedType = before?.Properties["modelType"]?.GetValue<string>();
        if (before is null && string.IsNullOrEmpty(uri))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'properties.modelUri' is missing.", "properties.modelUri");
        }

        if (before is not null && ((uri is not null && uri != storedUri) || (type is not null && type != storedType)))
        {
            throw ArmErrors.Conflict(
                $"The model '{model}' version '{version}' exists with another modelUri or modelType, and these cannot be changed. Register another version.",
                "properties.modelUri");
        }

        ResourceBody.Set(properties, "modelUri", uri ?? storedUri);
        ResourceBody.Set(properties, "modelType", type ?? storedType ?? "custom_model");
        ResourceBody.Set(properties, "flavors", sent.OptionalObject("flavors", "properties.flavors")?.DeepClone() ?? before?.Properties["flavors"]?.DeepClone() ?? new JsonObject());
        ResourceBody.Set(properties, "isAnonymous", sent.OptionalFlag("isAnonymous", "properties.isAnonymous") ?? false);
        ResourceBody.Set(properties, "jobName", sent.OptionalText("jobName", "properties.jobName"));
        ResourceBody.Set(properties, "stage", sent.OptionalText("stage", "properties.stage"));
        return new JsonObject { ["properties"] = properties };
    }

    /// <summary>Remembers the number of a version in its container's body.</summary>
    public static void Note(JsonObject containerBody, string version)
    {
        if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number > (containerBody[HighestVersion]?.GetValue<long>() ?? 0))
        {
            containerBody[HighestVersion] = number;
        }
    }

    private static JsonObject Common(JsonObject sent, ResourceRecord? before)
    {
        JsonObject properties = sent.DeepClone().AsObject();
        foreach (string member in ReadOnly)
        {
            ResourceBody.Set(properties, member, null);
            properties.Remove(member);
        }

        ResourceBody.Set(properties, "description", sent.OptionalText("description", "properties.description"));
        ResourceBody.Set(properties, "tags", sent.OptionalTextMap("tags", "properties.tags") ?? []);
        ResourceBody.Set(properties, "isArchived", sent.OptionalFlag("isArchived", "properties.isArchived") ?? false);
        ResourceBody.Set(
            properties,
            "properties",
            ResourceBody.UserProperties(
                sent.OptionalTextMap("properties", "properties.properties") ?? [],
                before?.Properties["properties"] as JsonObject,
                InvalidDetail));
        return properties;
    }
}
