using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A code asset: the container of its versions.</summary>
internal sealed class MachineLearningCodeContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningAssetContainerResource(client, id)
{
    /// <summary>A version; calls nothing.</summary>
    public MachineLearningCodeVersionResource GetMachineLearningCodeVersion(string version) => new(Client, VersionId(version));
}
