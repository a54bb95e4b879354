using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>PATCH takes few members; whoever sends others would wrongly think that they were changed.</summary>
internal static class PatchBody
{
    public static void Check(JsonObject source, params string[] allowed)
    {
        foreach ((string member, _) in source)
        {
            if (!allowed.Contains(member, StringComparer.OrdinalIgnoreCase))
            {
                throw ArmErrors.InvalidContent($"The request content was invalid: PATCH changes {string.Join(" and ", allowed)} only, not '{member}'. Use PUT with the whole resource.", member);
            }
        }
    }

    /// <summary>Adds and replaces tags; null removes one.</summary>
    public static void MergeTags(JsonObject body, JsonObject source)
    {
        JsonObject? tags = source.OptionalObject("tags", "tags");
        if (tags is null)
        {
            return;
        }

        JsonObject stored = body["tags"]!.AsObject();
        foreach ((string key, JsonNode? value) in tags)
        {
            if (value is null)
            {
                stored.Remove(key);
            }
        }

        foreach ((string key, JsonNode? value) in source.OptionalTextMap("tags", "tags")!)
        {
            stored[key] = value?.DeepClone();
        }
    }
}
