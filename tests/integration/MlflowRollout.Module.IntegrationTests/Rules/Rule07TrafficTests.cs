using System.Collections;
using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 7: weights are whole percents of deployments that have succeeded; zeros are shown; the map reads like an object.</summary>
public sealed class Rule07TrafficTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    public static TheoryData<string, string> BadWeights => new()
    {
        { "Set-MlTraffic @{ blue = 90; green = 9 } -Endpoint $endpoint", "99" },
        { "$endpoint | Set-MlTraffic 'blue=90 green=9'", "99" },
        { "Set-MlTraffic @{ blue = 110; green = -10 } -Endpoint $endpoint", "0 to 100" },
        { "Set-MlTraffic @{ blue = 90.5; green = 9.5 } -Endpoint $endpoint", "whole number" },
        { "$endpoint | Set-MlTraffic 'blue=90.5 green=9.5'", "whole number" },
        { "$endpoint | Set-MlTraffic 'blue'", "name=weight" },
        { "$endpoint | Set-MlTraffic 'blue=50 blue=50'", "twice" },
        { "$green | Set-MlTraffic -Weight 101", "0 to 100" },
        { "$green | Set-MlTraffic -Weight -1", "0 to 100" },
        { "$endpoint | Set-MlTraffic -MirrorTraffic @{ green = 51 }", "50" },
        { "$endpoint | Set-MlTraffic -MirrorTraffic @{ blue = 10 }", "one or the other" },
    };

    [Theory]
    [MemberData(nameof(BadWeights))]
    public async Task Weights_ThatBreakARule_AreRefused(string script, string rule)
    {
        string name = EndpointWithBlue();
        AddGreen();

        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, MlErrorIds.TrafficWeightsInvalid, ErrorCategory.InvalidArgument, rule);
        Assert.Equal("blue=100 green=0", TrafficOf(name));
    }

    [Theory]
    [InlineData("10.5")]
    [InlineData("'10.5'")]
    [InlineData("10.5d")]
    public async Task Weight_ThatIsAFraction_IsRefusedRatherThanRounded(string weight)
    {
        EndpointWithBlue();
        AddGreen();

        ErrorRecord error = await FailsWithoutChangeAsync($"$green | Set-MlTraffic -Weight {weight}");

        AssertError(error, "ParameterArgumentTransformationError", ErrorCategory.InvalidData, "Weight", "10.5", "whole number");
    }

    [Theory]
    [InlineData("Set-MlTraffic @{ blue = 90; gren = 10 } -Endpoint $endpoint", "gren")]
    [InlineData("$endpoint | Set-MlTraffic -Deployment gren -Weight 10", "gren")]
    [InlineData("$endpoint | Set-MlTraffic -MirrorTraffic 'gren=10'", "gren")]
    public async Task Weights_OfAMissingDeployment_NameTheNearMatch(string script, string missing)
    {
        string name = EndpointWithBlue();
        AddGreen();

        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, missing, "'green'", name);
    }

    [Fact]
    public async Task Weight_OfADeploymentThatFailed_IsRefused()
    {
        EndpointWithBlue();
        Session.Invoke("$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }");

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Set-MlTraffic -Deployment green -Weight 10");

        AssertError(error, MlErrorIds.DeploymentNotReady, ErrorCategory.InvalidOperation, "green", "Failed");
    }

    [Fact]
    public void Traffic_IsACaseInsensitiveMapWithExplicitZeros()
    {
        EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke("$e = Get-MlEndpoint $endpoint.Name; $e.Traffic.blue; $e.Traffic.GREEN; $e.Traffic['Blue']; , $e.Traffic");

        Assert.Equal([100, 0, 100], result.Values().Take(3));
        Assert.IsAssignableFrom<IDictionary>(result.Output[3].BaseObject);
    }
}
