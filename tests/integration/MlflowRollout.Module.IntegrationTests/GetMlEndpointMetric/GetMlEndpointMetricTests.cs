using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.GetMlEndpointMetric;

public sealed class GetMlEndpointMetricTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Get-MlEndpointMetric")]
    [InlineData("Get-MlEndpointMetric $endpoint.Name")]
    [InlineData("$blue | Get-MlEndpointMetric")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Deployment blue")]
    [InlineData("Get-MlEndpointMetric -Endpoint $endpoint -Deployment $blue -StartTime ([datetime]::UtcNow.AddMinutes(-5))")]
    public void Requests_AreCountedWithTheirLatency(string script)
    {
        string name = EndpointWithBlue();
        Session.Invoke("$file = $args[0]; 1..3 | ForEach-Object { $blue | Invoke-MlEndpoint -RequestFile $file }", ExampleModels.SampleRequest).AssertSucceeded();

        MlEndpointMetric[] metrics = [.. Session.Invoke(script).Values().Cast<MlEndpointMetric>()];

        Assert.Equal(["RequestLatency", "RequestLatency_P95", "RequestsPerMinute"], metrics.Select(metric => metric.Metric).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(3, metrics.Where(metric => metric.Metric == MlMetricName.RequestsPerMinute).Sum(metric => metric.Value));
        Assert.All(metrics, metric => Assert.Equal((name, "blue"), (metric.EndpointName, metric.DeploymentName)));
        Assert.All(metrics, metric => Assert.True(metric.Value > 0));
    }

    [Fact]
    public void ByStatusCodeClass_SplitsTheRequestsOfADeployment()
    {
        EndpointWithBlue();
        Session.Invoke(
            """
            $bad = $model | New-MlDeployment bad -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_ERROR_RATE = '1' }
            $blue | Invoke-MlEndpoint -RequestFile $args[0]
            """,
            ExampleModels.SampleRequest).AssertSucceeded();
        Assert.Equal(MlErrorIds.ModelError, InvocationResult.IdOf(Session.Invoke("$bad | Invoke-MlEndpoint -RequestFile $args[0]", ExampleModels.SampleRequest).Error));

        MlEndpointMetric[] metrics = [.. Session.Invoke("$endpoint | Get-MlEndpointMetric -By Deployment, StatusCodeClass, ModelStatusCode -Last 10m").Values().Cast<MlEndpointMetric>()];
        MlEndpointMetric[] ofBad = [.. Session.Invoke("$bad | Get-MlEndpointMetric -By StatusCode").Values().Cast<MlEndpointMetric>()];

        Assert.Equal(["bad 4xx 500 1", "blue 2xx 200 1"], metrics.Select(metric => $"{metric.DeploymentName} {metric.StatusCodeClass} {metric.ModelStatusCode} {metric.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["bad 424"], ofBad.Select(metric => $"{metric.DeploymentName} {metric.StatusCode}"));
        Assert.All(metrics, metric => Assert.Equal("RequestsPerMinute", metric.Metric));
    }

    [Fact]
    public void NobodyCalled_GivesNothing()
    {
        EndpointWithBlue();

        Assert.Empty(Session.Invoke("$endpoint | Get-MlEndpointMetric").AssertSucceeded().Output);
        Assert.Empty(Session.Invoke("$blue | Get-MlEndpointMetric -Metric RequestLatency").AssertSucceeded().Output);
    }

    [Fact]
    public void LateMetrics_OfAnEmulatorThatWasAskedForThem_AreNotThereYet()
    {
        InvocationResult result = Session.Invoke(
            """
            $late = Start-MlEmulator -Ephemeral -MetricDelay 1h -ErrorAction Stop
            try {
                $space = Connect-MlWorkspace -Emulator -ConnectionFile $late.ConnectionFile -ErrorAction Stop
                $slow = New-MlEndpoint late -Workspace $space -ErrorAction Stop
                $deployed = Register-MlModel late -Path $args[0] -Workspace $space -ErrorAction Stop |
                    New-MlDeployment blue -Endpoint $slow -InstanceType Standard_DS2_v2 -AllTraffic -ErrorAction Stop
                $null = $deployed | Invoke-MlEndpoint -RequestFile $args[1] -ErrorAction Stop
                $slow | Get-MlEndpointMetric
            }
            finally {
                Stop-MlEmulator $late.ConnectionFile
            }
            """,
            ExampleModels.V1,
            ExampleModels.SampleRequest);

        Assert.Empty(result.AssertSucceeded().Output);
    }

    [Fact]
    public void MetricDelay_ThatIsNone_IsRefused()
    {
        AssertError(Session.Invoke("Start-MlEmulator -Ephemeral -MetricDelay soon").Error, MlErrorIds.DurationInvalid, ErrorCategory.InvalidArgument, "MetricDelay");
    }

    [Theory]
    [InlineData("Get-MlEndpointMetric nobody-here", MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, "nobody-here")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Deployment blu", MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "blue")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Metric Latency", MlErrorIds.RequestRefused, ErrorCategory.InvalidArgument, "Valid metrics: RequestsPerMinute")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Metric RequestLatency -By StatusCode", MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "Deployment")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Interval 7m", MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "15m")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Metric NetworkBytes", MlErrorIds.EmulatorNotSupported, ErrorCategory.NotImplemented, "NetworkBytes")]
    public async Task Mistakes_AreNamed(string script, string id, ErrorCategory category, string word)
    {
        EndpointWithBlue();

        AssertError(await FailsWithoutChangeAsync(script), id, category, word);
    }
}
