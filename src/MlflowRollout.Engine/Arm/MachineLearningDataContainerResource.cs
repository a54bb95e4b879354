using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A data asset: the container of its versions.</summary>
internal sealed class MachineLearningDataContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningAssetContainerResource(client, id)
{
    /// <summary>A version; calls nothing.</summary>
    public MachineLearningDataVersionResource GetMachineLearningDataVersion(string version) => new(Client, VersionId(version));
}
