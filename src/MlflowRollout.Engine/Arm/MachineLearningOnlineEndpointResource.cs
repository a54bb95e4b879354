using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>An online endpoint.</summary>
internal sealed class MachineLearningOnlineEndpointResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>A deployment by name; calls nothing.</summary>
    public MachineLearningOnlineDeploymentResource GetMachineLearningOnlineDeployment(string name) => new(Client, Child($"deployments/{name}"));

    /// <summary>All deployments; none when the endpoint is absent.</summary>
    public IAsyncEnumerable<JsonObject> ListDeploymentsAsync(CancellationToken cancellationToken) =>
        ListAsync("deployments", null, cancellationToken, absentIsEmpty: true);

    /// <summary>What Azure Monitor measured of the endpoint.</summary>
    public async Task<JsonObject> GetMetricsAsync(string query, CancellationToken cancellationToken)
    {
        Uri address = new($"{Address.AbsoluteUri}/providers/Microsoft.Insights/metrics?api-version={ArmSettings.MetricsApiVersion}&{query}");
        using Response response = await SendAsync(RequestMethod.Get, address, null, cancellationToken).ConfigureAwait(false);
        return ReadObject(response);
    }

    /// <summary>Both keys.</summary>
    public Task<JsonObject> GetKeysAsync(CancellationToken cancellationToken) => PostAsync("listKeys", null, cancellationToken);

    /// <summary>A token.</summary>
    public Task<JsonObject> GetTokenAsync(CancellationToken cancellationToken) => PostAsync("token", null, cancellationToken);

    /// <summary>Makes a new key. Never repeated: twice would be two keys.</summary>
    public Task<StartedOperation> RegenerateKeysAsync(MlKeyType keyType, string? keyValue, CancellationToken cancellationToken)
    {
        JsonObject body = new() { ["keyType"] = keyType.ToString() };
        if (keyValue is not null)
        {
            body["keyValue"] = keyValue;
        }

        return StartAsync(RequestMethod.Post, body, cancellationToken, "regenerateKeys");
    }
}
