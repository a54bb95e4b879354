using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>The provider in a subscription, for what is listed over all resource groups.</summary>
internal sealed class MachineLearningProviderResource(ArmClient client, string subscriptionId)
    : MachineLearningResource(client, new ResourceIdentifier($"/subscriptions/{subscriptionId}/providers/{ArmSettings.Provider}"))
{
    /// <summary>All registries of the subscription that may be seen.</summary>
    public IAsyncEnumerable<JsonObject> ListRegistriesAsync(CancellationToken cancellationToken) => ListAsync("registries", null, cancellationToken, absentIsEmpty: true);

    /// <summary>The registry of that name; null when the subscription has none that may be seen.</summary>
    public async Task<MachineLearningRegistryResource?> FindRegistryAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (JsonObject body in ListRegistriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(body.Text("name"), name, StringComparison.OrdinalIgnoreCase) && body.Text("id") is { Length: > 0 } id)
            {
                return new MachineLearningRegistryResource(Client, new ResourceIdentifier(id));
            }
        }

        return null;
    }
}
