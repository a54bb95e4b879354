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
        Session.Invoke("1..3 | ForEach-Object { $blue | Invoke-MlEndpoint -RequestFile $args[0] }", ExampleModels.SampleRequest).AssertSucceeded();

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
        AddGreen();
        Session.Invoke("$green | Invoke-MlEndpoint -RequestFile $args[0]", ExampleModels.SampleRequest).AssertSucceeded();
        Session.Invoke("$green | Invoke-MlEndpoint -Body '{\"input_data\":[[1]]}' -ErrorAction SilentlyContinue");

        MlEndpointMetric[] metrics = [.. Session.Invoke("$green | Get-MlEndpointMetric -By StatusCodeClass, ModelStatusCode -Last 10m").Values().Cast<MlEndpointMetric>()];

        Assert.Equal(["2xx 200 1", "4xx 500 1"], metrics.OrderBy(metric => metric.StatusCodeClass).Select(metric => $"{metric.StatusCodeClass} {metric.ModelStatusCode} {metric.Value}"));
        Assert.All(metrics, metric => Assert.Equal(("green", "RequestsPerMinute"), (metric.DeploymentName, metric.Metric)));
    }

    [Fact]
    public void NobodyCalled_GivesNothing()
    {
        EndpointWithBlue();

        Assert.Empty(Session.Invoke("$endpoint | Get-MlEndpointMetric").AssertSucceeded().Output);
        Assert.Empty(Session.Invoke("$blue | Get-MlEndpointMetric RequestLatency").AssertSucceeded().Output);
    }

    [Theory]
    [InlineData("Get-MlEndpointMetric nobody-here", MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, "nobody-here")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Deployment blu", MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "blue")]
    [InlineData("$endpoint | Get-MlEndpointMetric Latency", MlErrorIds.RequestRefused, ErrorCategory.InvalidArgument, "Valid metrics: RequestsPerMinute")]
    [InlineData("$endpoint | Get-MlEndpointMetric RequestLatency -By StatusCode", MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "Deployment")]
    [InlineData("$endpoint | Get-MlEndpointMetric -Interval 7m", MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "15m")]
    [InlineData("$endpoint | Get-MlEndpointMetric NetworkBytes", MlErrorIds.EmulatorNotSupported, ErrorCategory.NotImplemented, "NetworkBytes")]
    public async Task Mistakes_AreNamed(string script, string id, ErrorCategory category, string word)
    {
        EndpointWithBlue();

        AssertError(await FailsWithoutChangeAsync(script), id, category, word);
    }
}
