using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>What a PUT of a container or version becomes.</summary>
internal static class AssetBody
{
    /// <summary>Member of a stored container, beside its properties, that no client sees.</summary>
    public const string HighestVersion = "highestVersion";

    private static readonly string[] ReadOnly = ["latestVersion", "nextVersion", "provisioningState"];

    public static JsonObject Container(AssetKind kind, JsonObject source, ResourceRecord? before)
    {
        JsonObject properties = Common(kind, ResourceBody.RequiredProperties(source), before);
        return WithHidden(properties, before);
    }

    /// <summary>A container that comes into being with its first version.</summary>
    public static JsonObject EmptyContainer(AssetKind kind) =>
        Container(kind, new JsonObject { ["properties"] = new JsonObject() }, null);

    /// <param name="what">The version in words, for refusals.</param>
    public static JsonObject Version(AssetKind kind, string what, JsonObject source, ResourceRecord? before)
    {
        JsonObject sent = ResourceBody.RequiredProperties(source);
        JsonObject properties = Common(kind, sent, before);
        ResourceBody.Set(properties, "isAnonymous", sent.OptionalFlag("isAnonymous", "properties.isAnonymous") ?? false);
        kind.Fill(what, sent, properties, before);
        return WithHidden(properties, before);
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

    /// <summary>One above the highest number that was ever used; never given twice, also after a deletion.</summary>
    public static string NextVersion(ResourceRecord? container) =>
        ((container?.Body[HighestVersion]?.GetValue<long>() ?? 0) + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>A stored body. What the emulator itself keeps beside the properties stays, whatever a client sends.</summary>
    private static JsonObject WithHidden(JsonObject properties, ResourceRecord? before)
    {
        JsonObject body = before?.Body.DeepClone().AsObject() ?? [];
        body["properties"] = properties;
        return body;
    }

    private static JsonObject Common(AssetKind kind, JsonObject sent, ResourceRecord? before)
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
                kind.InvalidDetail));
        return properties;
    }
}
