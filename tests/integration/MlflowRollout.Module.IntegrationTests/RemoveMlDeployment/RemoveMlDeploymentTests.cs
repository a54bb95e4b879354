using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.RemoveMlDeployment;

public sealed class RemoveMlDeploymentTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Remove-MlDeployment green")]
    [InlineData("Remove-MlDeployment green -Endpoint $endpoint.Name")]
    [InlineData("$green | Remove-MlDeployment")]
    [InlineData("$endpoint | Remove-MlDeployment g*, x*")]
    [InlineData("$endpoint | Get-MlDeployment g* | Remove-MlDeployment -Confirm:$false")]
    public void DeploymentWithoutTraffic_IsDeleted_AndNothingIsPrinted(string script)
    {
        EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke(script);

        Assert.Empty(result.AssertSucceeded().Output);
        Assert.Equal("blue", Session.Invoke("$endpoint | Get-MlDeployment").One<MlDeployment>().Name);
    }

    [Fact]
    public void Wildcard_WithAnHeir_LeavesTheHeir()
    {
        string name = EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke("$endpoint | Remove-MlDeployment * -MoveTrafficTo $green -PassThru");

        Assert.Equal("blue", result.One<MlDeployment>().Name);
        Assert.Equal("green=100", TrafficOf(name));
    }

    [Fact]
    public async Task OneWithTraffic_IsRefused_AndTheOthersOfTheWildcardGo()
    {
        string name = EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke("$endpoint | Remove-MlDeployment *");

        AssertError(result.Error, MlErrorIds.DeploymentHasTraffic, ErrorCategory.InvalidOperation, name, "blue", "-MoveTrafficTo");
        Assert.Equal("blue=100", TrafficOf(name));
        await FailsWithoutChangeAsync("$endpoint | Remove-MlDeployment blue -Force");
    }

    [Fact]
    public async Task Pattern_ThatMatchesNothing_IsSilent()
    {
        EndpointWithBlue();
        int before = await CountChangesAsync();

        Assert.Empty(Session.Invoke("$endpoint | Remove-MlDeployment x*").AssertSucceeded().Output);
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task HeirOfAnotherEndpoint_IsRefused()
    {
        EndpointWithBlue();
        Session.Invoke("$other = $blue").AssertSucceeded();
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$blue | Remove-MlDeployment -MoveTrafficTo $other");

        AssertError(error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "-MoveTrafficTo");
    }

    [Fact]
    public async Task WhatIf_ChangesNothing()
    {
        EndpointWithBlue();
        AddGreen();
        int before = await CountChangesAsync();

        Session.Invoke("$green | Remove-MlDeployment -WhatIf").AssertSucceeded();

        Assert.Equal(before, await CountChangesAsync());
    }
}
