using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;

namespace MlflowRollout.Emulator.Operations;

/// <summary>What an operation of assets is about, as it is stored with it.</summary>
/// <param name="Collection">Where the asset is that the operation makes, changes or deletes.</param>
/// <param name="Version">The version; null for the whole container.</param>
/// <param name="Source">What the asset is made from, where it is made from another.</param>
internal sealed record AssetOperationDetail(AssetCollection Collection, string Name, string? Version, JsonObject? Source = null)
{
    public static AssetOperationDetail Read(string json)
    {
        JsonObject stored = JsonNode.Parse(json)!.AsObject();
        string kind = stored["collection"]!.GetValue<string>();
        return new AssetOperationDetail(
            AssetCollection.All.First(collection => collection.Version.ToString() == kind),
            stored["name"]!.GetValue<string>(),
            stored["version"]?.GetValue<string>(),
            stored["source"]?.DeepClone() as JsonObject);
    }

    public string ToJson() => new JsonObject
    {
        ["collection"] = Collection.Version.ToString(),
        ["name"] = Name,
        ["version"] = Version,
        ["source"] = Source?.DeepClone(),
    }.ToJsonString();
}
