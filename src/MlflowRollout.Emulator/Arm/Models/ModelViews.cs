using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Model containers and versions as they are answered.</summary>
internal static class ModelViews
{
    public static string ContainerId(EmulatorContext context, string model) => $"{context.Identity.Id}/models/{model}";

    public static string VersionId(EmulatorContext context, string model, string version) => $"{ContainerId(context, model)}/versions/{version}";

    /// <param name="latest">The version created last; null where there is none.</param>
    public static JsonObject Container(ResourceRecord record, string? latest, EmulatorContext context)
    {
        JsonObject properties = record.Properties.DeepClone().AsObject();
        properties["latestVersion"] = latest;
        properties["nextVersion"] = NextVersion(record);
        properties["provisioningState"] = ProvisioningStates.Succeeded;
        return new JsonObject
        {
            ["id"] = ContainerId(context, record.Name),
            ["name"] = record.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/models",
            ["properties"] = properties,
            ["systemData"] = ResourceBody.SystemData(record),
        };
    }

    public static JsonObject Version(ResourceRecord record, EmulatorContext context)
    {
        JsonObject properties = record.Properties.DeepClone().AsObject();
        properties["provisioningState"] = ProvisioningStates.Succeeded;
        return new JsonObject
        {
            ["id"] = VersionId(context, record.Parent, record.Name),
            ["name"] = record.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/models/versions",
            ["properties"] = properties,
            ["systemData"] = ResourceBody.SystemData(record),
        };
    }

    /// <summary>One above the highest number that was ever used; never given twice, also after a deletion.</summary>
    public static string NextVersion(ResourceRecord container) =>
        ((container.Body[ModelBody.HighestVersion]?.GetValue<long>() ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
}
