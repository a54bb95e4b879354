using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A deployment of an online endpoint.</summary>
internal sealed class MachineLearningOnlineDeploymentResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>Changes tags or instance count alone; a lost answer is not followed by a second PATCH.</summary>
    public Task<StartedOperation> UpdateAsync(JsonObject patch, CancellationToken cancellationToken) =>
        StartAsync(RequestMethod.Patch, patch, cancellationToken, once: true);

    /// <summary>The last lines of a container's log as one text.</summary>
    public async Task<string> GetLogsAsync(MlDeploymentContainer container, int tail, CancellationToken cancellationToken)
    {
        JsonObject body = new() { ["containerType"] = container.ToString(), ["tail"] = tail };
        return (await PostAsync("getLogs", body, cancellationToken).ConfigureAwait(false)).Text("content") ?? string.Empty;
    }
}
