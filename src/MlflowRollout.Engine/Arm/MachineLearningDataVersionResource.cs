using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A version of a data asset.</summary>
internal sealed class MachineLearningDataVersionResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id);
