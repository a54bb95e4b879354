using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A version of an environment.</summary>
internal sealed class MachineLearningEnvironmentVersionResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id);
