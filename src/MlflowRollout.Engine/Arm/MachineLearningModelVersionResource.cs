using System.Text.Json.Nodes;
using Azure.Core;
using Azure.ResourceManager;

namespace MlflowRollout.Engine.Arm;

/// <summary>A version of a model.</summary>
internal sealed class MachineLearningModelVersionResource(ArmClient client, ResourceIdentifier id) : MachineLearningResource(client, id)
{
    /// <summary>Publishes it to a registry. Never repeated: the second call would find the version of the first.</summary>
    public Task<StartedOperation> PublishAsync(string registryName, string name, string version, CancellationToken cancellationToken) => StartAsync(
        RequestMethod.Post,
        new JsonObject { ["registryName"] = registryName, ["destinationName"] = name, ["destinationVersion"] = version },
        cancellationToken,
        "publish");

    /// <summary>Packages the model into an environment. The result is what the operation's <c>Location</c> answers in the end.</summary>
    public Task<StartedOperation> PackageAsync(JsonObject body, CancellationToken cancellationToken) =>
        StartAsync(RequestMethod.Post, body, cancellationToken, "package", apiVersion: ArmSettings.PackagingApiVersion, byLocation: true);
}
