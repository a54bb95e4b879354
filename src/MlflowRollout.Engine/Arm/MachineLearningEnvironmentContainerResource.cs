using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>An environment: the container of its versions.</summary>
internal sealed class MachineLearningEnvironmentContainerResource(ArmClient client, ResourceIdentifier id) : MachineLearningAssetContainerResource(client, id)
{
    /// <summary>A version; calls nothing.</summary>
    public MachineLearningEnvironmentVersionResource GetMachineLearningEnvironmentVersion(string version) => new(Client, VersionId(version));
}
