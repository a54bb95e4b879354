using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.BadInput;

/// <summary>Names that break a rule, are taken, or are near something that exists.</summary>
public sealed class NameTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("a-name-that-is-much-longer-than-the-service-allows")]
    [InlineData("1heart")]
    [InlineData("heart-")]
    [InlineData("he")]
    [InlineData("heart_classifier")]
    public async Task NewMlEndpoint_NameBreaksTheRule_IsRefusedBeforeAnyChange(string name)
    {
        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint $args[0]", name);

        AssertError(error, MlErrorIds.NameInvalid, ErrorCategory.InvalidArgument, name, "32");
    }

    [Fact]
    public async Task NewMlDeployment_NameBreaksTheRule_IsRefusedBeforeAnyChange()
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$model | New-MlDeployment 2green -Endpoint $endpoint -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.NameInvalid, ErrorCategory.InvalidArgument, "2green", "letter");
    }

    [Fact]
    public async Task NewMlEndpoint_Taken_SaysWhatToDo()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint $args[0]", name);

        AssertError(error, MlErrorIds.EndpointAlreadyExists, ErrorCategory.ResourceExists, name, "-IfExists");
    }

    [Fact]
    public void GetMlEndpoint_Unknown_NamesTheNearMatch()
    {
        string name = EndpointWithBlue();

        AssertError(Session.Invoke("Get-MlEndpoint $args[0]", name + "x").Error, MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, name + "x", $"'{name}'");
    }

    [Fact]
    public void GetMlEndpoint_PatternWithoutMatch_IsSilent() => Assert.Empty(Session.Invoke("Get-MlEndpoint nothing-like-this-*").AssertSucceeded().Output);

    [Fact]
    public void GetMlDeployment_Unknown_NamesTheNearMatch()
    {
        EndpointWithBlue();

        AssertError(Session.Invoke("$endpoint | Get-MlDeployment blu").Error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "blu", "'blue'");
    }

    [Fact]
    public void GetMlModel_Unknown_NamesTheNearMatch()
    {
        string name = EndpointWithBlue();

        AssertError(Session.Invoke("Get-MlModel $args[0]", name + "x").Error, MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, name + "x", $"'{name}'");
    }

    [Fact]
    public async Task NewMlDeployment_UnregisteredModel_IsRefusedBeforeAnyChange()
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlDeployment green -Endpoint $endpoint -Model azureml:never-registered:1 -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, "never-registered");
    }
}
