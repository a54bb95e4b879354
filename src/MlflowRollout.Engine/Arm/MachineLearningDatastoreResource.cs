using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A datastore.</summary>
internal sealed class MachineLearningDatastoreResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>The secrets by which its storage is reached.</summary>
    public Task<JsonObject> GetSecretsAsync(CancellationToken cancellationToken) => PostAsync("listSecrets", null, cancellationToken);
}
