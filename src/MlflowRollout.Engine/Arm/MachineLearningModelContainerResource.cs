using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A model: the container of its versions.</summary>
internal sealed class MachineLearningModelContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>A version; calls nothing.</summary>
    public MachineLearningModelVersionResource GetMachineLearningModelVersion(string version) =>
        new(Client, Child($"versions/{Uri.EscapeDataString(version)}"));

    /// <summary>Versions, the newest created first; none when the model is absent.</summary>
    public IAsyncEnumerable<JsonObject> ListVersionsAsync(bool includeArchived, int? top, CancellationToken cancellationToken)
    {
        string query = "$orderBy=" + Uri.EscapeDataString("createdtime desc")
            + (top is { } count ? $"&$top={count}" : string.Empty)
            + (includeArchived ? "&listViewType=All" : "&listViewType=ActiveOnly");
        return ListAsync("versions", query, cancellationToken, absentIsEmpty: true);
    }
}
