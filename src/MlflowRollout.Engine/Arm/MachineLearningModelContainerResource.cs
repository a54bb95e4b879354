using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A model: the container of its versions.</summary>
internal sealed class MachineLearningModelContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningAssetContainerResource(client, id)
{
    /// <summary>A version; calls nothing.</summary>
    public MachineLearningModelVersionResource GetMachineLearningModelVersion(string version) => new(Client, VersionId(version));
}
