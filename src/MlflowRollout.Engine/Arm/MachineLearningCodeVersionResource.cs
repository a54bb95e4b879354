using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A version of a code asset.</summary>
internal sealed class MachineLearningCodeVersionResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id);
