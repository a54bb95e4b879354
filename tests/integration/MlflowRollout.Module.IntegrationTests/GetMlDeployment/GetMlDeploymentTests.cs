using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.GetMlDeployment;

public sealed class GetMlDeploymentTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Get-MlDeployment", "blue green")]
    [InlineData("Get-MlDeployment -Endpoint $endpoint.Name", "blue green")]
    [InlineData("$endpoint | Get-MlDeployment g*", "green")]
    [InlineData("$endpoint | Get-MlDeployment GREEN", "green")]
    [InlineData("$endpoint | Get-MlDeployment x*", "")]
    [InlineData("$endpoint | Get-MlDeployment green, blue", "green blue")]
    [InlineData("$green | Get-MlDeployment", "green")]
    [InlineData("$green | Get-MlDeployment b*", "blue")]
    [InlineData("Get-MlDeployment -Endpoint $green", "blue green")]
    public void Names_ChooseDeployments(string script, string expected)
    {
        EndpointWithBlue();
        AddGreen();

        Assert.Equal(expected, string.Join(' ', Session.Invoke(script).Values()));
    }

    [Fact]
    public void Weights_AreThoseOfTheMoment()
    {
        EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke("$green | Set-MlTraffic -Weight 30; $green | Get-MlDeployment");

        Assert.Equal(30, result.One<MlDeployment>().TrafficWeight);
    }

    [Fact]
    public async Task LiteralNameThatIsNotThere_IsAnErrorWithTheNearMatch_AndTheOthersGoOn()
    {
        string name = EndpointWithBlue();
        int before = await CountChangesAsync();

        InvocationResult result = Session.Invoke("$endpoint | Get-MlDeployment blu, blue");

        AssertError(result.Error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "'blu'", "'blue'", name);
        Assert.Equal("blue", Assert.Single(result.Output).ToString());
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task EndpointThatIsNotThere_IsAnError()
    {
        ErrorRecord error = await FailsWithoutChangeAsync("Get-MlDeployment -Endpoint no-such-endpoint");

        AssertError(error, MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, "no-such-endpoint");
    }
}
