using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A version of a model.</summary>
internal sealed class MachineLearningModelVersionResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id);
