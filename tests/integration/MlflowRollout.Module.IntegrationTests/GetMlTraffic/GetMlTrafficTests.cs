using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.GetMlTraffic;

public sealed class GetMlTrafficTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Get-MlTraffic")]
    [InlineData("Get-MlTraffic $endpoint.Name")]
    [InlineData("$green | Get-MlTraffic")]
    [InlineData("Get-MlTraffic -Endpoint $green")]
    public void Traffic_HasBothMapsWithExplicitZeros(string script)
    {
        string name = EndpointWithBlue();
        AddGreen();
        Session.Invoke("$endpoint | Set-MlTraffic -MirrorTraffic 'green=5'").AssertSucceeded();

        MlTraffic traffic = Session.Invoke(script).One<MlTraffic>();

        Assert.Equal((name, "blue=100 green=0"), (traffic.EndpointName, traffic.Traffic.ToString()));
        Assert.Equal(5, traffic.MirrorTraffic.WeightOf("green"));
    }
}
