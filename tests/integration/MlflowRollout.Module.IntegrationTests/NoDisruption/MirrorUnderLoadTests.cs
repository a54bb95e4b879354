using System.Net;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>Whatever becomes of the copies, the replies do not notice.</summary>
public sealed class MirrorUnderLoadTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const int Sample = 600;

    [Fact]
    public async Task Mirror_ThatFailsAlways_RepliesAreRight()
    {
        EndpointWithTrial("@{ EMULATOR_ERROR_RATE = '1' }");
        RolloutPhase phase = new("blue 100, copies to green", Sample, ("blue", 100, [1]), ("green", 0, [2]));

        await using ScoringLoad load = ScoringLoad.Start(Fixture.Emulator, ScoringTarget.Of(Session), phase);
        await load.SampleAsync(phase);

        await load.AssertNothingFailedAsync();
        Assert.Null(phase.SplitProblem());
        string log = Session.Invoke("(Get-MlDeploymentLog green -Endpoint $endpoint -Tail 200 | ForEach-Object { \"$_\" }) -join \"`n\"").One<string>();
        Assert.Contains("An unexpected error occurred in scoring script", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mirror_ThatNeverAnswers_RepliesDoNotWaitForIt()
    {
        // Were a reply to wait for its copy, each mirrored one would take until the copy's time-out.
        EndpointWithTrial("@{ EMULATOR_EXTRA_LATENCY_MS = '600000' }");
        ScoringTarget target = ScoringTarget.Of(Session);
        RolloutPhase phase = new("blue 100, copies to green", Sample, ("blue", 100, [1]), ("green", 0, [2]));

        await using ScoringLoad load = ScoringLoad.Start(Fixture.Emulator, target, phase);
        await load.SampleAsync(phase);

        // Copies were made, and wait: they take all places of the trial.
        Assert.Contains(HttpStatusCode.TooManyRequests, await PinnedAsync(target, "green"));
        await load.AssertNothingFailedAsync();
        Assert.Null(phase.SplitProblem());
    }

    private void EndpointWithTrial(string variables) => Session.Invoke(
        $$"""
        $ErrorActionPreference = 'Stop'
        $endpoint = New-MlEndpoint $args[0]
        $blue = Register-MlModel $args[0] -Path $args[1] |
            New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -MaxConcurrentRequestsPerInstance 32 -RequestTimeout 90 -AllTraffic
        $green = Register-MlModel $args[0] -Path $args[2] |
            New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -MaxConcurrentRequestsPerInstance 2 -EnvironmentVariable {{variables}}
        Set-MlTraffic -MirrorTraffic @{ green = 50 } -Endpoint $endpoint
        """,
        Fixture.UniqueName("mirror"),
        ExampleModels.V1,
        ExampleModels.V2).AssertSucceeded();

    /// <summary>A few tries at once: a copy's place may be free for a moment.</summary>
    private async Task<HttpStatusCode[]> PinnedAsync(ScoringTarget target, string deployment)
    {
        using HttpClient http = Fixture.Emulator.CreateHttpClient(authorized: false);
        return await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using HttpRequestMessage request = target.Request(new ByteArrayContent(SampleRequest.All[0].Body), deployment);
            using HttpResponseMessage response = await http.SendAsync(request);
            return response.StatusCode;
        }));
    }
}
