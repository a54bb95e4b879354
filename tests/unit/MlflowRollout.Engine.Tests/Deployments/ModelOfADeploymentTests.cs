using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>Models that come with a deployment and are registered on the way to it.</summary>
public sealed class ModelOfADeploymentTests : CustomDeploymentTest
{
    private static MlDeploymentSettings Settings(MlComputeType? kind = null) => new()
    {
        ComputeType = kind,
        InstanceType = "Standard_DS2_v2",
        Environment = new() { Reference = "azureml:AzureML-sklearn:1" },
        ModelToRegister = new()
        {
            Name = string.Empty,
            IsAnonymous = true,
            Source = "azureml://jobs/run/outputs/artifacts/paths/model",
            ModelType = "custom_model",
            Flavors = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["own"] = new Dictionary<string, string> { ["loader"] = "mine" } },
        },
    };

    [Fact]
    public async Task CreateAsync_ModelToRegister_IsRegisteredFirstWithAQuestionOfItsOwn()
    {
        MlDeploymentResult? result = await CreateAsync(Settings(), Workspace.Context);

        (string call, string text) = Workspace.Arm.Bodies.Single(body => body.Call.StartsWith("PUT models/", StringComparison.Ordinal));
        JsonNode properties = JsonNode.Parse(text)!["properties"]!;
        Assert.Matches("^PUT models/[0-9a-f]{32}/versions/1$", call);
        Assert.True((bool)properties["isAnonymous"]!);
        AssertJson("""{"own":{"data":{"loader":"mine"}}}""", properties["flavors"]!);
        Assert.Equal($"{FakeArm.Workspace}/{call["PUT ".Length..]}", (string)Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!["model"]!);
        Assert.Collection(
            Workspace.Context.Questions,
            question => Assert.EndsWith("| Register", question, StringComparison.Ordinal),
            question => Assert.Contains("| Create", question, StringComparison.Ordinal));
        Assert.NotNull(result);
    }

    [Fact]
    public async Task CreateAsync_ModelToRegisterAgain_IsFoundAndNotRegistered()
    {
        await CreateAsync(Settings(), Workspace.Context);
        await CreateAsync(Settings(), Workspace.Context, "red");

        Assert.Single(Workspace.Arm.Bodies, body => body.Call.StartsWith("PUT models/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CreateAsync_WhatIf_SaysBothAndWritesNothing()
    {
        RecordingContext context = new() { Answer = false };

        Assert.Null(await CreateAsync(Settings(), context));

        Assert.Equal(2, context.Questions.Count);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_DeploymentThatExists_RegistersNoModel()
    {
        Workspace.Arm.AddDeployment("heart", "green");

        await Assert.ThrowsAsync<MlAlreadyExistsException>(() => CreateAsync(Settings(), Workspace.Context));

        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_OtherKindThanTheEndpoint_IsRefused()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreateAsync(Settings(MlComputeType.Kubernetes), Workspace.Context));

        Assert.Equal(MlErrorIds.ParameterInvalid, error.ErrorId);
        Assert.Contains("Kubernetes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    private Task<MlDeploymentResult?> CreateAsync(MlDeploymentSettings settings, RecordingContext context, string name = "green") =>
        Workspace.Connection.Deployments.CreateAsync(new() { EndpointName = "heart", Name = name, Settings = settings }, context, default);
}
