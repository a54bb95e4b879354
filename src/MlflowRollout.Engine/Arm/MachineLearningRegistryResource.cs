using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A registry: models that several workspaces share.</summary>
internal sealed class MachineLearningRegistryResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>A model by name; calls nothing.</summary>
    public MachineLearningModelContainerResource GetMachineLearningModelContainer(string name) => new(Client, Child($"models/{name}"));
}
