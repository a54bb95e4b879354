using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>Deployments of a package: the model is packaged first, then the package deployed.</summary>
public sealed class PackagedDeploymentTests : CustomDeploymentTest
{
    private const string Package = "azureml://locations/here/workspaces/guid/environments/packaged-env/versions/4";

    private int _polls;
    private HttpStatusCode _resultStatus = HttpStatusCode.OK;
    private JsonObject _result = new() { ["targetEnvironmentId"] = Package, ["buildState"] = "Succeeded" };

    public PackagedDeploymentTests()
    {
        Workspace.Arm.Intercept = (request, _) => request.RequestUri!.AbsolutePath switch
        {
            var path when path.EndsWith("/package", StringComparison.Ordinal) => FakeArm.Json(HttpStatusCode.Accepted, null, ("Location", $"{FakeArm.Base}/results/1?api-version=x"), ("Azure-AsyncOperation", $"{FakeArm.Base}/status/1")),
            "/results/1" when _polls++ < 2 => FakeArm.Json(HttpStatusCode.Accepted, null, ("Location", $"{FakeArm.Base}/results/1?api-version=x")),
            "/results/1" => FakeArm.Json(_resultStatus, _result.DeepClone()),
            _ => null,
        };
    }

    // What the official client sends in its deployments with a package.
    [Fact]
    public async Task CreateAsync_MlflowModel_PackagesAndDeploysThePackageAlone()
    {
        MlDeploymentResult? result = await CreatePackagedAsync(new() { ModelReference = "azureml:heart:1" });

        Assert.Equal((MlProvisioningState.Succeeded, Package), (result!.Deployment.ProvisioningState, result.Deployment.EnvironmentId));
        AssertSent("POST models/heart/versions/1/package", """{"targetEnvironmentName":"packaged-env","inferencingServer":{"serverType":"AzureMLOnline"}}""");
        AssertSent(
            "PUT onlineEndpoints/heart/deployments/green",
            $$$"""
            {"tags":{},"location":"here","properties":{"environmentId":"{{{Package}}}","environmentVariables":{},"properties":{},"appInsightsEnabled":false,
             "endpointComputeType":"Managed","instanceType":"Standard_DS3_v2"},"sku":{"name":"Default","capacity":1}}
            """);
        Assert.Equal(3, _polls);
        Assert.Equal(["deployment heart/green in workspace space | Create (package the model)"], Workspace.Context.Questions);
    }

    [Fact]
    public async Task CreateAsync_CodeAndEnvironment_GoIntoThePackage()
    {
        await CreatePackagedAsync(new() { ModelReference = "azureml:plain:1", Code = Code("score.py"), Environment = new() { Image = "img:1" } });

        JsonNode sent = Sent("POST models/plain/versions/1/package");
        JsonNode code = sent["inferencingServer"]!["codeConfiguration"]!;
        Assert.StartsWith("azureml://subscriptions/", (string)code["codeId"]!, StringComparison.Ordinal);
        Assert.Equal("score.py", (string?)code["scoringScript"]);
        Assert.Matches(@"\Aazureml://subscriptions/.+/environments/CliV2AnonymousEnvironment/versions/[0-9a-f]{32}\z", (string)sent["baseEnvironmentSource"]!["resourceId"]!);
        JsonObject properties = (JsonObject)Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!;
        Assert.False(properties.ContainsKey("model") || properties.ContainsKey("codeConfiguration"));
    }

    [Fact]
    public async Task CreateAsync_BuildFails_MakesNoDeployment()
    {
        _result = new() { ["buildState"] = "Failed", ["targetEnvironmentId"] = Package };

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => CreatePackagedAsync(new() { ModelReference = "azureml:heart:1" }));

        Assert.Equal(MlErrorIds.PackagingFailed, error.ErrorId);
        Assert.DoesNotContain(Workspace.Arm.Writes, call => call.StartsWith("PUT onlineEndpoints", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CreateAsync_ResultIsAnError_SaysWhatTheServiceSays()
    {
        _resultStatus = HttpStatusCode.BadRequest;
        _result = new() { ["error"] = new JsonObject { ["code"] = "BadArgument", ["message"] = "The model cannot be packaged." } };

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => CreatePackagedAsync(new() { ModelReference = "azureml:heart:1" }));

        Assert.Equal((MlErrorIds.PackagingFailed, "BadArgument"), (error.ErrorId, error.ServiceErrorCode));
        Assert.Contains("The model cannot be packaged.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Workspace.Arm.Writes, call => call.StartsWith("PUT onlineEndpoints", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("azureml://registries/r/models/m/versions/1", MlIfExists.Error, "registered model")]
    [InlineData("azureml:heart:1", MlIfExists.Skip, "-IfExists Skip")]
    [InlineData("azureml:heart:1", MlIfExists.Update, "-IfExists Update")]
    public async Task CreateAsync_WhatCannotBePackaged_IsRefusedBeforeAnyWrite(string model, MlIfExists ifExists, string expected)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreatePackagedAsync(new() { ModelReference = model }, ifExists));

        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    private Task<MlDeploymentResult?> CreatePackagedAsync(MlDeploymentSettings settings, MlIfExists ifExists = MlIfExists.Error) =>
        Workspace.Connection.Deployments.CreateAsync(
            new() { EndpointName = "heart", Name = "green", WithPackage = true, IfExists = ifExists, Settings = With(settings, settings.ModelReference, settings.Code) },
            Workspace.Context,
            default);
}
