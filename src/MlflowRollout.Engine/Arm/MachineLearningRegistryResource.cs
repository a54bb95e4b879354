using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A registry: models and environments that several workspaces share.</summary>
internal sealed class MachineLearningRegistryResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>The id of a registry.</summary>
    public static ResourceIdentifier CreateResourceIdentifier(string subscriptionId, string resourceGroupName, string registryName) =>
        new($"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{ArmSettings.Provider}/registries/{registryName}");

    /// <summary>A model by name; calls nothing.</summary>
    public MachineLearningModelContainerResource GetMachineLearningModelContainer(string name) => new(Client, Child($"models/{name}"));

    /// <summary>An environment by name; calls nothing.</summary>
    public MachineLearningEnvironmentContainerResource GetMachineLearningEnvironmentContainer(string name) => new(Client, Child($"environments/{name}"));
}
