using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 6: <c>-IfExists</c> verifies what is there, and a failed creation hands over the deployment.</summary>
public sealed class Rule06IfExistsTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string Again = "New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2";
    private const string FailingGreen =
        "$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }";

    [Fact]
    public async Task Exists_ByDefault_IsAnErrorAndNothingIsOverwritten()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$model | {Again}");

        AssertError(error, MlErrorIds.DeploymentAlreadyExists, ErrorCategory.ResourceExists, name, "blue", "-IfExists");
    }

    [Fact]
    public async Task Skip_SameModel_ReturnsItUnchanged()
    {
        EndpointWithBlue();
        int before = await CountChangesAsync();

        MlDeployment deployment = Session.Invoke($"$model | {Again} -IfExists Skip").One<MlDeployment>();

        Assert.Equal(("blue", 100), (deployment.Name, deployment.TrafficWeight));
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task Skip_AnotherModel_IsRefused()
    {
        string name = EndpointWithBlue();
        Session.Invoke("$other = Register-MlModel $args[0] -Path $args[1]", name, ExampleModels.V2).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync($"$other | {Again} -IfExists Skip");

        AssertError(error, MlErrorIds.DeploymentDiffers, ErrorCategory.ResourceBusy, "blue", name);
    }

    [Fact]
    public async Task Skip_AFailedOne_IsRefused()
    {
        EndpointWithBlue();
        Session.Invoke(FailingGreen);

        ErrorRecord error = await FailsWithoutChangeAsync("$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -IfExists Skip");

        AssertError(error, MlErrorIds.DeploymentDiffers, ErrorCategory.ResourceBusy, "green", "Failed", "ReplaceFailed");
    }

    [Fact]
    public async Task Update_WithLiveTraffic_NeedsAllowLive()
    {
        string name = EndpointWithBlue();
        Session.Invoke("$other = Register-MlModel $args[0] -Path $args[1]", name, ExampleModels.V2).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync($"$other | {Again} -IfExists Update");
        MlDeployment updated = Session.Invoke($"$other | {Again} -IfExists Update -AllowLive").One<MlDeployment>();

        AssertError(error, MlErrorIds.DeploymentHasTraffic, ErrorCategory.InvalidOperation, "blue", "-AllowLive");
        Assert.Equal("2", updated.ModelVersion?.ToString());
        Assert.Equal("blue=100", TrafficOf(name));
    }

    [Fact]
    public void Update_KeepsTheInstanceCountThatWasNotNamed()
    {
        EndpointWithBlue();
        Session.Invoke("$blue | Update-MlDeployment -InstanceCount 3").AssertSucceeded();

        MlDeployment updated = Session.Invoke($"$model | {Again} -IfExists Update -AllowLive -Description again").One<MlDeployment>();

        Assert.Equal((3, "again"), (updated.InstanceCount, updated.Description));
    }

    [Fact]
    public async Task ReplaceFailed_ReplacesOnlyAFailedOne()
    {
        EndpointWithBlue();
        Session.Invoke(FailingGreen);

        MlDeployment green = Session.Invoke("$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -IfExists ReplaceFailed").One<MlDeployment>();
        ErrorRecord error = await FailsWithoutChangeAsync($"$model | {Again} -IfExists ReplaceFailed");

        Assert.Equal(MlProvisioningState.Succeeded, green.ProvisioningState);
        AssertError(error, MlErrorIds.DeploymentAlreadyExists, ErrorCategory.ResourceExists, "blue");
    }

    [Fact]
    public void Failure_HasTheDeploymentAsTargetAndItsLastLogLines()
    {
        string name = EndpointWithBlue();

        InvocationResult result = Session.Invoke(FailingGreen);

        Assert.Empty(result.Output);
        AssertError(result.Error, MlErrorIds.DeploymentFailed, ErrorCategory.InvalidResult, name, "green");
        MlDeployment failed = Assert.IsType<MlDeployment>(result.Error.TargetObject is PSObject wrapped ? wrapped.BaseObject : result.Error.TargetObject);
        Assert.Equal(("green", MlProvisioningState.Failed), (failed.Name, failed.ProvisioningState));
        Assert.NotEmpty(Assert.IsAssignableFrom<MlException>(result.Error.Exception).LogLines);
        Session.SetVariable("failure", result.Error);
        Assert.Contains(
            Session.Invoke("$failure.TargetObject | Get-MlDeploymentLog; $failure | Get-MlDeploymentLog").Values().Cast<MlLogLine>(),
            line => line.Line.Contains("exited", StringComparison.Ordinal));
        Assert.Equal("blue=100 green=0", TrafficOf(name));
    }
}
