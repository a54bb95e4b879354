using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 8: durations are read alike everywhere; bare numbers are seconds.</summary>
public sealed class Rule08DurationTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("'30s'", 30)]
    [InlineData("'1.5m'", 90)]
    [InlineData("00:00:30", 30)]
    [InlineData("'00:00:30'", 30)]
    [InlineData("30", 30)]
    [InlineData("([timespan]::FromSeconds(30))", 30)]
    [InlineData("0.5", 0.5)]
    public void RequestTimeout_InEveryForm_IsTheSameTime(string written, double seconds)
    {
        EndpointWithBlue();

        MlDeployment deployment = Session.Invoke($"$blue | Update-MlDeployment -RequestTimeout {written} -AllowLive").One<MlDeployment>();

        Assert.Equal(TimeSpan.FromSeconds(seconds), deployment.RequestTimeout);
    }

    [Theory]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model $model -InstanceType Standard_DS2_v2 -RequestTimeout 1d", "RequestTimeout", "quotes")]
    [InlineData("$blue | Update-MlDeployment -MaxQueueWait soon", "MaxQueueWait", "soon")]
    [InlineData("$blue | Update-MlDeployment -Timeout (-5)", "Timeout", "negative")]
    [InlineData("$blue | Remove-MlDeployment -Timeout 10d", "Timeout", "quotes")]
    [InlineData("$blue | Wait-MlDeployment -Timeout 1x", "Timeout", "1x")]
    [InlineData("$blue | Set-MlTraffic -Weight 100 -Timeout 10.0d", "Timeout", "quotes")]
    [InlineData("$blue | Update-MlDeployment -ReadinessProbe @{ Period = 1d }", "ReadinessProbe", "Period")]
    public async Task Duration_ThatIsNone_IsRefused(string script, string parameter, string word)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, "ParameterArgumentTransformationError", ErrorCategory.InvalidData, parameter, word);
    }

    [Fact]
    public void Probe_TakesDurationsInItsHashtable()
    {
        EndpointWithBlue();

        MlProbe? probe = Session.Invoke("$blue | Update-MlDeployment -AllowLive -LivenessProbe @{ InitialDelay = 20; period = '15s'; Timeout = [timespan]'00:00:03'; FailureThreshold = '5' }")
            .One<MlDeployment>().LivenessProbe;

        Assert.Equal(
            (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(3), 5),
            (probe?.InitialDelay, probe?.Period, probe?.Timeout, probe?.FailureThreshold));
    }
}
