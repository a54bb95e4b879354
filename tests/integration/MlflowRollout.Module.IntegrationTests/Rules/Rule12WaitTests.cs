using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 12: Wait- writes an error when the awaited state can no longer come, and on time-out.</summary>
public sealed class Rule12WaitTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void WaitMlDeployment_OperationOfAnotherCaller_WaitsForIt()
    {
        EndpointWithBlue();
        Session.Invoke("$started = Register-MlModel $endpoint.Name -Path $args[0] | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -NoWait", ExampleModels.V2).AssertSucceeded();

        MlDeployment green = Session.Invoke("$started | Wait-MlDeployment -Timeout 60s").One<MlDeployment>();

        Assert.Equal(MlProvisioningState.Succeeded, green.ProvisioningState);
    }

    [Fact]
    public void WaitMlDeployment_Failed_IsAnErrorWithTheDeploymentAsTarget()
    {
        EndpointWithBlue();
        Session.Invoke(
            "$started = Register-MlModel $endpoint.Name -Path $args[0] | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -NoWait -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }",
            ExampleModels.V2).AssertSucceeded();

        ErrorRecord error = Session.Invoke("$started | Wait-MlDeployment -Timeout 60s").Error;

        Assert.Contains("green", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("green", Assert.IsType<MlDeployment>(error.TargetObject).Name);
        Assert.Equal(MlErrorIds.DeploymentFailed, InvocationResult.IdOf(error));
    }

    [Fact]
    public async Task WaitMlEndpoint_DeadlinePasses_IsATimeout()
    {
        await using EmulatorProcess slow = await EmulatorProcess.StartAsync(new EmulatorOptions { OperationDelay = "00:10:00", Arguments = ["--workspace", "slow"] });
        using ModuleSession session = new();
        session.Invoke("$null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]; $endpoint = New-MlEndpoint slow-endpoint -NoWait", slow.ConnectionFile).AssertSucceeded();

        ErrorRecord error = session.Invoke("$endpoint | Wait-MlEndpoint -Timeout 1").Error;

        AssertError(error, MlErrorIds.OperationTimedOut, ErrorCategory.OperationTimeout, "slow-endpoint");
    }

    [Fact]
    public void WaitMlDeployment_UnknownDeployment_NamesTheNearMatch()
    {
        EndpointWithBlue();

        AssertError(Session.Invoke("$endpoint | Wait-MlDeployment bleu").Error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "bleu", "blue");
    }
}
