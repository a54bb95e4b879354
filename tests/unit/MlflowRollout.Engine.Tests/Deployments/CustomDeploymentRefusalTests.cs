using System.Text.Json.Nodes;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>What is refused of deployments with code and environment, before anything is changed.</summary>
public sealed class CustomDeploymentRefusalTests : CustomDeploymentTest
{
    public static TheoryData<string, MlDeploymentSettings, string> Refusals() => new()
    {
        { MlErrorIds.ParameterConflict, new() { Code = new() { Source = ".", ScoringScript = "score.py" } }, "needs an environment" },
        { MlErrorIds.ParameterConflict, new() { Code = new() { Source = "." }, Environment = new() { Image = "x" } }, "no scoring script" },
        { MlErrorIds.ParameterConflict, new() { Code = new() { ScoringScript = "score.py" }, Environment = new() { Image = "x" } }, "no code" },
        { MlErrorIds.ParameterConflict, new() { ModelMountPath = "/m" }, "environment of one's own" },
        { MlErrorIds.ParameterConflict, new() { ModelMountPath = "m", Environment = new() { Image = "x" } }, "absolute path" },
        { MlErrorIds.ParameterConflict, new() { DataCollector = new() { CaptureHeaders = ["x"] } }, "no collection" },
        { MlErrorIds.ParameterInvalid, new() { Scale = new() { TargetUtilization = true } }, "Default only" },
        { MlErrorIds.ParameterInvalid, new() { Resources = new() { CpuLimit = "1" } }, "Kubernetes" },
        { MlErrorIds.ParameterInvalid, new() { StartupProbe = new() { Period = TimeSpan.FromSeconds(300) } }, "startup probe" },
        { MlErrorIds.ParameterInvalid, new() { DataCollector = new() { Collections = new Dictionary<string, MlDataCollection> { ["a"] = new() }, RollingRate = "Week" } }, "rolling rate" },
        { MlErrorIds.EnvironmentInvalid, new() { Environment = new() { CondaFile = "a: b" } }, "neither an image" },
        { MlErrorIds.EnvironmentInvalid, new() { Environment = new() { Image = "x", CondaFile = "[" } }, "broken YAML" },
        { MlErrorIds.EnvironmentInvalid, new() { Environment = new() { Image = "x", ScoringRoute = new("/score", 1) } }, "only some of the routes" },
        { MlErrorIds.EnvironmentReferenceInvalid, new() { Environment = new() { Reference = "mine" } }, "azureml:mine@latest" },
        { MlErrorIds.CodeInvalid, new() { Code = new() { Source = "azureml:x", ScoringScript = "s" }, Environment = new() { Image = "x" } }, "known forms" },
        { MlErrorIds.CodeNotFound, new() { Code = new() { Source = "azureml:x:1", ScoringScript = "s" }, Environment = new() { Image = "x" } }, "'x:1'" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task CreateAsync_WhatCannotBe_IsRefusedBeforeAnyWrite(string errorId, MlDeploymentSettings settings, string expected)
    {
        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => Workspace.Connection.Deployments.CreateAsync(
            new() { EndpointName = "heart", Name = "green", Settings = With(settings, "azureml:heart:1", settings.Code) }, Workspace.Context, default));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(expected, error.Message + error.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Theory]
    [InlineData("other.py", "is not in it")]
    [InlineData("../score.py", "leaves the code folder")]
    [InlineData("/score.py", "no path within the code")]
    [InlineData("a.log", "left out by .amlignore")]
    public async Task CreateAsync_ScriptThatIsNotInTheCode_IsRefusedBeforeAnyWrite(string script, string expected)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => CreateAsync(new() { Environment = new() { Image = "x" } }, script: script));

        Assert.Equal(MlErrorIds.CodeInvalid, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_BuildContextWithoutDockerfile_IsRefusedBeforeAnyWrite()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreateAsync(new() { Environment = new() { BuildContext = CodeFolder } }));

        Assert.Equal(MlErrorIds.EnvironmentInvalid, error.ErrorId);
        Assert.Contains("no file 'Dockerfile'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Theory]
    [InlineData("500m", "0.4", "asks for more cpu")]
    [InlineData("lots", null, "no quantity of cpu")]
    public async Task CreateAsync_ResourcesThatCannotBe_AreRefused(string requested, string? limit, string expected)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreateAsync(
            new() { ModelReference = "azureml:heart:1", Resources = new() { RequestedCpu = requested, CpuLimit = limit } }, "cluster", code: false));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_KubernetesNamesTooLongTogether_IsRefused()
    {
        string name = new('d', 32);
        string endpoint = new('e', 31);
        Workspace.Arm.AddEndpoint(endpoint);
        JsonObject body = Workspace.Arm[$"onlineEndpoints/{endpoint}"]!;
        body["properties"]!["compute"] = "x";
        Workspace.Arm[$"onlineEndpoints/{endpoint}"] = body;

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => CreateAsync(new() { ModelReference = "azureml:heart:1" }, endpoint, name, code: false));

        Assert.Equal(MlErrorIds.NameInvalid, error.ErrorId);
        Assert.Contains("63 characters together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateAsync_CodeOfADeploymentWithoutEnvironment_IsRefused()
    {
        Workspace.Arm.AddDeployment("heart", "green");

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => UpdateAsync(new() { Code = Code("score.py") }));

        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
    }

    [Fact]
    public async Task SetAsync_MirrorOnAKubernetesEndpoint_IsRefused()
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => Workspace.Connection.Traffic.SetAsync(
            new() { EndpointName = "cluster", MirrorTraffic = new MlTrafficMap([KeyValuePair.Create("green", 10)]) }, Workspace.Context, default));

        Assert.Equal(MlErrorIds.TrafficWeightsInvalid, error.ErrorId);
        Assert.Contains("Kubernetes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }
}
