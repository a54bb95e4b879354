using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>The <c>listViewType</c> of lists of assets.</summary>
internal static class ListView
{
    public static Func<ResourceRecord, bool> Filter(ArmRequest request) => request.Query("listViewType")?.ToUpperInvariant() switch
    {
        null or "" or "ACTIVEONLY" => record => !IsArchived(record.Properties),
        "ARCHIVEDONLY" => record => IsArchived(record.Properties),
        "ALL" => _ => true,
        _ => throw ArmErrors.InvalidContent($"The query parameter 'listViewType' must be ActiveOnly, ArchivedOnly or All, not '{request.Query("listViewType")}'.", "listViewType"),
    };

    private static bool IsArchived(JsonObject properties) => properties["isArchived"]?.GetValue<bool>() ?? false;
}
