using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.UpdateMlDeployment;

public sealed class UpdateMlDeploymentTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$blue | Update-MlDeployment -InstanceCount 3")]
    [InlineData("Update-MlDeployment -InputObject $blue -InstanceCount 3")]
    [InlineData("Update-MlDeployment blue -Endpoint $endpoint.Name -InstanceCount 3")]
    [InlineData("$endpoint | Update-MlDeployment blue -InstanceCount 3")]
    public void Scaling_OfALiveDeployment_IsAlwaysAllowed(string script)
    {
        string name = EndpointWithBlue();

        Assert.Equal(3, Session.Invoke(script).One<MlDeployment>().InstanceCount);
        Assert.Equal("blue=100", TrafficOf(name));
    }

    [Fact]
    public async Task OtherSettings_OfALiveDeployment_NeedAllowLive()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$blue | Update-MlDeployment -RequestTimeout 10");
        MlDeployment updated = Session.Invoke("$blue | Update-MlDeployment -RequestTimeout 10 -AllowLive").One<MlDeployment>();

        AssertError(error, MlErrorIds.DeploymentHasTraffic, ErrorCategory.InvalidOperation, name, "blue", "-AllowLive");
        Assert.Equal(TimeSpan.FromSeconds(10), updated.RequestTimeout);
    }

    [Fact]
    public void What_IsNotNamed_Stays()
    {
        EndpointWithBlue();
        AddGreen();
        Session.Invoke("$green | Update-MlDeployment -Tag @{ a = 1; b = 2 } -EnvironmentVariable @{ X = '1'; Y = '2' } -AppInsightsEnabled -RequestTimeout 7").AssertSucceeded();

        MlDeployment updated = Session.Invoke("$green | Update-MlDeployment -InstanceCount 2 -Tag @{ a = $null; c = 3 } -EnvironmentVariable @{ X = $null }").One<MlDeployment>();

        Assert.Equal(["b", "c"], updated.Tags.Keys.Order());
        Assert.Equal(["Y"], updated.EnvironmentVariables.Keys);
        Assert.Equal((true, TimeSpan.FromSeconds(7), 2), (updated.AppInsightsEnabled, updated.RequestTimeout, updated.InstanceCount));
        Assert.False(Session.Invoke("$green | Update-MlDeployment -AppInsightsEnabled:$false").One<MlDeployment>().AppInsightsEnabled);
    }

    [Fact]
    public void Model_IsReplaced()
    {
        EndpointWithBlue();
        AddGreen();

        MlDeployment updated = Session.Invoke("$green | Update-MlDeployment -Model $model").One<MlDeployment>();

        Assert.Equal("1", updated.ModelVersion?.ToString());
    }

    [Fact]
    public async Task MissingDeployment_NamesTheNearMatch()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Update-MlDeployment blu -InstanceCount 2");

        AssertError(error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "'blu'", "'blue'", name);
    }
}
