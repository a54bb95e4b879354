using System.Globalization;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Resilience;

/// <summary>The walkthrough against a control plane that fails now and then: it ends as it should, and nothing is done twice.</summary>
public sealed class FaultyControlPlaneTests
{
    private const string Walkthrough =
        """
        param($v1, $v2, $sample)
        $endpoint = New-MlEndpoint heart
        $null = Register-MlModel heart -Path $v1 | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
        $green = Register-MlModel heart -Path $v2 | New-MlDeployment { "green-$($_.Version)" } -Endpoint $endpoint -InstanceType Standard_DS2_v2
        $null = $green | Invoke-MlEndpoint -RequestFile $sample
        $null = $green | Update-MlDeployment -InstanceCount 2
        $green | Set-MlTraffic -Weight 10
        $green | Set-MlTraffic -Weight 100
        $endpoint | Remove-MlDeployment blue
        $endpoint | Update-MlEndpoint -Tag @{ stage = 'done' }
        """;

    private static readonly string[] Once =
    [
        "EndpointPut heart Succeeded",
        "DeploymentPut heart/blue Succeeded",
        "EndpointPut heart Succeeded",
        "DeploymentPut heart/green-2 Succeeded",
        "DeploymentPatch heart/green-2 Succeeded",
        "EndpointPut heart Succeeded",
        "EndpointPut heart Succeeded",
        "DeploymentDelete heart/blue Succeeded",
        "EndpointPut heart Succeeded",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task OneAnswerInTen_IsA429A500AResetOrLate_NothingIsDoneTwice(int seed) => WalkAsync(
        Rule("Error", 0.02, seed, """ "status": 429, "retryAfter": 0 """),
        Rule("Error", 0.02, seed + 10, """ "status": 500 """),
        Rule("Error", 0.02, seed + 20, """ "status": 500, "after": true """),
        Rule("Reset", 0.015, seed + 30, """ "after": false """),
        Rule("Reset", 0.015, seed + 40, """ "after": true """),
        Rule("Delay", 0.01, seed + 50, """ "seconds": 0.4 """));

    [Theory]
    [InlineData("Reset", 5)]
    [InlineData("Error", 6)]
    public Task HalfOfTheAnswersToChanges_AreLost_NothingIsDoneTwice(string kind, int seed) => WalkAsync(
        [.. new[] { "PUT", "PATCH", "DELETE" }.Select((method, index) => Rule(kind, 0.5, seed + index, $""" "after": true, "status": 500, "method": "{method}" """))]);

    private static string Rule(string kind, double rate, int seed, string more) =>
        $$"""{ "kind": "{{kind}}", "rate": {{rate.ToString(CultureInfo.InvariantCulture)}}, "seed": {{seed}}, {{more}} }""";

    private static async Task WalkAsync(params string[] faults)
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ModuleSession session = new(new ModuleSessionOptions { ErrorActionPreference = "Stop" });
        session.Invoke("$null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", emulator.ConnectionFile).AssertSucceeded();
        await Operations.SetFaultsAsync(emulator, string.Join(",", faults));

        InvocationResult walked = session.Invoke(Walkthrough, ExampleModels.V1, ExampleModels.V2, ExampleModels.SampleRequest);
        int struck = await Operations.CountFaultsAsync(emulator);
        await Operations.SetFaultsAsync(emulator, string.Empty);

        walked.AssertSucceeded();
        Assert.True(struck > 0, "No request met a fault: the seed shows nothing.");
        Assert.Equal(Once, await Operations.ListAsync(emulator));
        Assert.Equal(["1", "2"], session.Invoke("(Get-MlModel heart -Version *).Version | ForEach-Object { \"$_\" }").Values().Order());
        MlEndpoint endpoint = session.Invoke("Get-MlEndpoint heart").One<MlEndpoint>();
        Assert.Equal("green-2=100", endpoint.Traffic.ToString());
        Assert.Equal("done", endpoint.Tags["stage"]);
        MlDeployment green = session.Invoke("Get-MlEndpoint heart | Get-MlDeployment").One<MlDeployment>();
        Assert.Equal((2, "2"), (green.InstanceCount, green.ModelVersion?.ToString()));
    }
}
