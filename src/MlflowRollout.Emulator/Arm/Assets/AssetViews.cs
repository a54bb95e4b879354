using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Containers and versions as they are answered.</summary>
internal static class AssetViews
{
    /// <param name="latest">The version created last; null where there is none.</param>
    public static JsonObject Container(AssetCollection collection, ResourceRecord record, string? latest, WorkspaceIdentity identity)
    {
        JsonObject properties = record.Properties.DeepClone().AsObject();
        properties["latestVersion"] = latest;
        properties["nextVersion"] = AssetBody.NextVersion(record);
        properties["provisioningState"] = record.State;
        return new JsonObject
        {
            ["id"] = collection.ContainerId(identity, record.Name),
            ["name"] = record.Name,
            ["type"] = collection.ResourceType,
            ["properties"] = properties,
            ["systemData"] = ResourceBody.SystemData(record),
        };
    }

    public static JsonObject Version(AssetCollection collection, ResourceRecord record, WorkspaceIdentity identity)
    {
        JsonObject properties = record.Properties.DeepClone().AsObject();
        properties["provisioningState"] = record.State;
        return new JsonObject
        {
            ["id"] = collection.VersionId(identity, record.Parent, record.Name),
            ["name"] = record.Name,
            ["type"] = collection.ResourceType + "/versions",
            ["properties"] = properties,
            ["systemData"] = ResourceBody.SystemData(record),
        };
    }
}
