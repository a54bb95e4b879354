using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>Models and environments of registries.</summary>
public sealed class RegistryReferenceTests : CustomDeploymentTest
{
    private const string Subscription = "subscriptions/00000000-0000-0000-0000-00000000000a";
    private const string Registry = Subscription + "/resourceGroups/group/providers/Microsoft.MachineLearningServices/registries/shared";

    [Fact]
    public async Task CreateAsync_VersionsOfARegistry_AreSentAsTheyAre()
    {
        await CreateAsync(
            new()
            {
                ModelReference = "azureml://registries/shared/models/heart/versions/4",
                Environment = new() { Reference = "azureml://registries/shared/environments/env/versions/2" },
            },
            code: false);

        AssertSentReferences("azureml://registries/shared/models/heart/versions/4", "azureml://registries/shared/environments/env/versions/2");
    }

    [Fact]
    public async Task CreateAsync_LatestOfARegistryBesideTheWorkspace_IsSentWithItsVersion()
    {
        Workspace.Arm[Registry] = [];
        Workspace.Arm[Registry + "/models/heart/versions/4"] = [];
        Workspace.Arm[Registry + "/environments/env/versions/2"] = [];

        await CreateAsync(Latest(), code: false);

        AssertSentReferences("azureml://registries/shared/models/heart/versions/4", "azureml://registries/shared/environments/env/versions/2");
    }

    [Fact]
    public async Task CreateAsync_LatestOfARegistryElsewhereInTheSubscription_IsFoundByItsName()
    {
        string elsewhere = Registry.Replace("/group/", "/other/", StringComparison.Ordinal);
        Workspace.Arm[elsewhere + "/models/heart/versions/5"] = [];
        Workspace.Arm[elsewhere + "/environments/env/versions/3"] = [];
        Workspace.Arm.Intercept = (request, _) => request.RequestUri!.AbsolutePath == $"/{Subscription}/providers/Microsoft.MachineLearningServices/registries"
            ? FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray(new JsonObject { ["name"] = "Shared", ["id"] = "/" + elsewhere }) })
            : null;

        await CreateAsync(Latest(), code: false);

        AssertSentReferences("azureml://registries/shared/models/heart/versions/5", "azureml://registries/shared/environments/env/versions/3");
    }

    [Theory]
    [InlineData(false, "not in subscription")]
    [InlineData(true, "no active version of 'heart'")]
    public async Task CreateAsync_LatestThatCannotBeFound_SaysWhyAndChangesNothing(bool registry, string expected)
    {
        if (registry)
        {
            Workspace.Arm[Registry] = [];
        }

        MlNotFoundException error = await Assert.ThrowsAsync<MlNotFoundException>(
            () => CreateAsync(new() { ModelReference = "azureml://registries/shared/models/heart/labels/latest" }, code: false));

        Assert.Equal(MlErrorIds.ModelNotFound, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_ShortDatastoreUri_IsSentInItsLongForm()
    {
        await CreateAsync(new() { ModelReference = "azureml://datastores/workspaceblobstore/paths/models/heart" }, code: false);

        Assert.Equal(
            "azureml://subscriptions/00000000-0000-0000-0000-00000000000a/resourcegroups/group/workspaces/space/datastores/workspaceblobstore/paths/models/heart",
            (string?)Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!["model"]);
    }

    private static Services.MlDeploymentSettings Latest() => new()
    {
        ModelReference = "azureml://registries/shared/models/heart/labels/latest",
        Environment = new() { Reference = "azureml://registries/shared/environments/env/labels/latest" },
    };

    private void AssertSentReferences(string model, string environment)
    {
        JsonNode properties = Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!;
        Assert.Equal((model, environment), ((string?)properties["model"], (string?)properties["environmentId"]));
    }
}
