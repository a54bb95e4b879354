using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Definitions;
using MlflowRollout.Engine.Deployments;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

/// <summary>What the service is sent for the samples.</summary>
public class DefinitionBodyTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Deployments => new(DefinitionFolders.FilesOf(DefinitionFolders.Samples).Where(name => DefinitionFolders.KindOf(name) == "deployment"));

    public static TheoryData<string> Endpoints => new(DefinitionFolders.FilesOf(DefinitionFolders.Samples).Where(name => DefinitionFolders.KindOf(name) == "endpoint"));

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Deployment_OfSample_IsSentAsExpected(string name)
    {
        MlDeploymentDefinition definition = DefinitionFolders.Reader.ReadDeployment(Path.Combine(DefinitionFolders.Samples, name));
        DeploymentIds ids = new(
            definition.Model ?? (definition.InlineModel is null ? null : "(the model that is registered first)"),
            definition.Settings.Code?.Source is null ? null : "(the code that is registered first)",
            definition.Settings.Environment?.Reference ?? (definition.Settings.Environment is null ? null : "(the environment that is registered first)"));
        bool isKubernetes = definition.ComputeType == MlComputeType.Kubernetes;

        DeploymentChecks.Check(definition.Name ?? "blue", definition.Settings, isKubernetes);

        Expect(name, DeploymentBody.Create(definition.Settings, ids, "westeurope", isKubernetes));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void ChangeOfEndpoint_OfSample_IsSentAsExpected(string name)
    {
        MlEndpointDefinition definition = DefinitionFolders.Reader.ReadEndpoint(Path.Combine(DefinitionFolders.Samples, name));
        MlEndpointChanges changes = new()
        {
            Description = definition.Description,
            Tags = definition.Tags?.ToDictionary(tag => tag.Key, tag => (string?)tag.Value),
            Properties = definition.Properties,
            PublicNetworkAccess = definition.PublicNetworkAccess,
            IdentityType = definition.IdentityType,
            UserAssignedIdentities = definition.UserAssignedIdentities,
        };
        JsonObject read = new()
        {
            ["location"] = "westeurope",
            ["properties"] = new JsonObject { ["authMode"] = "Key", ["traffic"] = new JsonObject { ["blue"] = 100 } },
        };

        Expect(name, EndpointBody.Change(read, changes));
    }

    private static void Expect(string name, JsonObject body) => DefinitionFolders.Expect(
        Path.Combine(DefinitionFolders.Folder, "bodies", name + ".json"), DefinitionFolders.Portable(body.ToJsonString(Indented)) + "\n");
}
