using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.WaitMlDeployment;

public sealed class WaitMlDeploymentTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$blue | Wait-MlDeployment")]
    [InlineData("$endpoint | Wait-MlDeployment blue -Timeout 30")]
    [InlineData("Wait-MlDeployment blue -Endpoint $endpoint.Name")]
    public void FinishedDeployment_IsReturnedAtOnce(string script)
    {
        EndpointWithBlue();

        Assert.Equal(("blue", MlProvisioningState.Succeeded), Session.Invoke(script).One<MlDeployment>() is var one ? (one.Name, one.ProvisioningState) : default);
    }
}
