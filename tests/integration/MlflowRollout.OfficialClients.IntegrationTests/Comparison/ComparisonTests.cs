using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>The module sends what azure-ai-ml sends for the same definitions; what differs is listed with its reason.</summary>
public sealed class ComparisonTests
{
    private const string Managed =
        """
        param($definitions)
        $model = Register-MlModel compared -Version 1 -Path "$definitions/../../../../../docs/examples/heart-classifier/model-v1" -Description 'Heart disease' -Tag @{ source = 'committed example' }
        $endpoint = New-MlEndpoint compared -AuthMode Key -Description 'Heart disease' -Tag @{ team = 'cardio' }
        $blue = New-MlDeployment blue -Endpoint $endpoint -Model azureml:compared:1 -InstanceType Standard_DS2_v2 -InstanceCount 1
        $endpoint | Set-MlTraffic @{ blue = 100 }
        $green = New-MlDeployment green -Endpoint $endpoint -Model azureml:compared@latest -InstanceType Standard_DS3_v2 -InstanceCount 2 -Description 'The candidate' -Tag @{ stage = 'candidate' } -AppInsightsEnabled -EgressPublicNetworkAccess Enabled `
            -EnvironmentVariable @{ SETTING = 'on' } -RequestTimeout 3s -MaxConcurrentRequestsPerInstance 4 -MaxQueueWait 1s `
            -LivenessProbe @{ InitialDelay = '00:00:20'; Period = '00:00:12'; Timeout = '00:00:03'; SuccessThreshold = 1; FailureThreshold = 25 } `
            -ReadinessProbe @{ InitialDelay = '00:00:15'; Period = '00:00:11'; Timeout = '00:00:04'; SuccessThreshold = 2; FailureThreshold = 20 }
        $endpoint | Set-MlTraffic @{ blue = 90; green = 10 }
        $endpoint | Set-MlTraffic @{ blue = 0; green = 100 }
        $endpoint | Remove-MlDeployment blue
        """;

    [SkippableFact]
    public async Task Requests_ForTheSameDefinitions_DifferAsListed() =>
        ClientComparison.AssertListed(await ClientComparison.CompareAsync(["model", "managed"], Managed));

    [Fact]
    public void Document_OfTheDifferences_HasTheList()
    {
        string[] document = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "docs", "design", "009-official-client-comparison.md"));

        Assert.Equal(JustifiedDifference.All.Select(static entry => entry.Row()), document.Where(static line => line.StartsWith("| `", StringComparison.Ordinal)));
    }
}
