using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A named asset: the container of its versions.</summary>
internal abstract class MachineLearningAssetContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>Versions, the newest created first; none when the asset is absent.</summary>
    public IAsyncEnumerable<JsonObject> ListVersionsAsync(bool includeArchived, int? top, CancellationToken cancellationToken)
    {
        string query = "$orderBy=" + Uri.EscapeDataString("createdtime desc")
            + (top is { } count ? $"&$top={count}" : string.Empty)
            + (includeArchived ? "&listViewType=All" : "&listViewType=ActiveOnly");
        return ListAsync("versions", query, cancellationToken, absentIsEmpty: true);
    }

    /// <summary>Id of a version.</summary>
    protected ResourceIdentifier VersionId(string version) => Child($"versions/{Uri.EscapeDataString(version)}");
}
