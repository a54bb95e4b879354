using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 1: names bind only from typing; parents bind by value or by their specific property names.</summary>
public sealed class Rule01NamesBindFromTypingTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void NameParameters_OfAllCmdlets_NeverBindFromThePipeline()
    {
        InvocationResult commands = Session.Invoke("Get-Command -Module MlflowRollout");
        commands.AssertSucceeded();

        string[] binding = [.. commands.Output.Select(item => (CmdletInfo)item.BaseObject)
            .SelectMany(command => command.ParameterSets.SelectMany(set => set.Parameters)
                .Where(parameter => parameter.Name == "Name" && (parameter.ValueFromPipeline || parameter.ValueFromPipelineByPropertyName))
                .Select(_ => command.Name))];

        Assert.Empty(binding);
    }

    [Fact]
    public void GetMlDeployment_PipedEndpoint_ListsItsDeploymentsInsteadOfFilteringByItsName()
    {
        string name = EndpointWithBlue();

        InvocationResult result = Session.Invoke("Get-MlEndpoint $args[0] | Get-MlDeployment", name);

        Assert.Equal("blue", result.One<MlDeployment>().Name);
    }

    [Fact]
    public void NewMlDeployment_PipedModel_IsNotNamedAfterTheModel()
    {
        string name = EndpointWithBlue();

        MlDeployment blue = Session.Invoke("Get-MlDeployment blue -Endpoint $args[0]", name).One<MlDeployment>();

        Assert.Equal(name, blue.ModelName);
        Assert.Equal("blue", blue.Name);
    }

    [Fact]
    public void GetMlTraffic_ObjectWithEndpointName_BindsByIt()
    {
        string name = EndpointWithBlue();

        InvocationResult result = Session.Invoke("[pscustomobject]@{ EndpointName = $args[0]; Name = 'something-else' } | Get-MlTraffic", name);

        Assert.Equal(name, result.One<MlTraffic>().EndpointName);
    }

    [Theory]
    [InlineData("$endpoint", "EndpointName")]
    [InlineData("$blue", "EndpointName")]
    [InlineData("$blue", "DeploymentName")]
    [InlineData("$model", "ModelName")]
    [InlineData("$endpoint", "WorkspaceName")]
    [InlineData("$blue", "WorkspaceName")]
    [InlineData("$model", "WorkspaceName")]
    [InlineData("(Get-MlTraffic -Endpoint $endpoint)", "EndpointName")]
    [InlineData("(Get-MlEndpointKey -Endpoint $endpoint)[0]", "EndpointName")]
    public void Objects_CarryTheirIdentity_AtTheTopLevel(string script, string property)
    {
        EndpointWithBlue();

        object? value = Session.Invoke($"{script}.{property}").One();

        Assert.False(string.IsNullOrEmpty(value?.ToString()));
    }
}
