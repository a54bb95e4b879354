using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 5: <c>-AllTraffic</c> is for the first deployment.</summary>
public sealed class Rule05AllTrafficTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void AllTraffic_FirstDeployment_GetsAll()
    {
        string name = EndpointWithBlue();

        Assert.Equal("blue=100", TrafficOf(name));
        Assert.Equal(100, Session.Invoke("$blue").One<MlDeployment>().TrafficWeight);
    }

    [Fact]
    public async Task AllTraffic_WhileAnotherHasTraffic_IsRefused()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync(
            "$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic");

        AssertError(error, MlErrorIds.TrafficInUse, ErrorCategory.InvalidOperation, name, "blue", "Set-MlTraffic");
    }

    [Fact]
    public async Task AllTraffic_WithNoWait_IsRefusedBeforeAnything()
    {
        ErrorRecord error = await FailsWithoutChangeAsync(
            "New-MlDeployment green -Endpoint no-such-endpoint -Model no-such-model -InstanceType x -AllTraffic -NoWait");

        AssertError(error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "-AllTraffic", "-NoWait");
    }

    [Fact]
    public async Task AllTraffic_WhereTheTrafficChangeFails_EmitsTheDeploymentThenTheError()
    {
        string name = Fixture.UniqueName("e");
        Session.Invoke("$endpoint = New-MlEndpoint $args[0]; $model = Register-MlModel $args[0] -Path $args[1]", name, ExampleModels.V1).AssertSucceeded();
        await using Faults faults = await Faults.SetAsync(
            Fixture, $$"""{ "kind": "error", "method": "PUT", "path": "*/onlineEndpoints/{{name}}", "status": 400, "code": "BadRequest", "message": "no weights today" }""");

        InvocationResult result = Session.Invoke("$model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic");

        MlDeployment deployment = Assert.IsType<MlDeployment>(Assert.Single(result.Output).BaseObject);
        Assert.Equal(("blue", MlProvisioningState.Succeeded), (deployment.Name, deployment.ProvisioningState));
        AssertError(result.Error, MlErrorIds.RequestRefused, ErrorCategory.InvalidArgument, "no weights today");
        Assert.Equal("blue=0", TrafficOf(name));
    }
}
