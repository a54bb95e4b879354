using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>A whole rollout by the cmdlets while 16 clients score without a pause: nobody notices.</summary>
public sealed class RolloutUnderLoadTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private ScoringLoad? _load;

    [Fact]
    public async Task Rollout_OnnxServers_EveryRequestIsAnsweredAndTheSplitIsTheWeights() => await RolloutAsync("onnx", sample: 3000, instances: 3);

    [SkippableFact]
    public async Task Rollout_PythonWorkers_EveryRequestIsAnsweredAndTheSplitIsTheWeights()
    {
        Requirement.PythonModules("sklearn", "xgboost", "pandas", "scipy");
        await RolloutAsync("sklearn", sample: 200, instances: 2);
    }

    private async Task RolloutAsync(string flavor, int sample, int instances)
    {
        List<RolloutPhase> settled = [];
        Session.SetVariable("settings", new System.Collections.Hashtable
        {
            ["InstanceType"] = "Standard_DS2_v2",
            ["MaxConcurrentRequestsPerInstance"] = 32,
            ["RequestTimeout"] = 90,
            ["EnvironmentVariable"] = new System.Collections.Hashtable { ["EMULATOR_FLAVOR"] = flavor },
        });
        await DoAsync(
            """
            $endpoint = New-MlEndpoint $args[0]
            $v1 = Register-MlModel $args[0] -Path $args[1]
            $v2 = Register-MlModel $args[0] -Path $args[2]
            $v3 = Register-MlModel $args[0] -Path $args[3]
            $blue = $v1 | New-MlDeployment blue -Endpoint $endpoint @settings -AllTraffic
            """,
            Fixture.UniqueName("rollout"),
            ExampleModels.V1,
            ExampleModels.V2,
            ExampleModels.V3);

        RolloutPhase Phase(string name, params (string Deployment, int? Weight, int[] Versions)[] deployments)
        {
            RolloutPhase phase = new(name, sample, deployments);
            settled.Add(phase);
            return phase;
        }

        async Task SettleAsync(RolloutPhase phase)
        {
            _load!.Enter(phase);
            await _load.SampleAsync(phase);
        }

        async Task ChangeAsync(RolloutPhase during, string script, params object?[] arguments)
        {
            _load!.Enter(during);
            await DoAsync(script, arguments);
        }

        RolloutPhase alone = Phase("blue 100", ("blue", 100, [1]));
        await using (_load = ScoringLoad.Start(Fixture.Emulator, ScoringTarget.Of(Session), alone))
        {
            // Another deployment comes up beside it; it gets nothing yet.
            await DoAsync("$green = $v2 | New-MlDeployment green -Endpoint $endpoint @settings");
            await _load.SampleAsync(alone);

            await ChangeAsync(Moving(("blue", 1), ("green", 2)), "$green | Set-MlTraffic -Weight 10");
            await SettleAsync(Phase("blue 90, green 10", ("blue", 90, [1]), ("green", 10, [2])));

            RolloutPhase updating = Phase("blue 90, green 10, blue gets a variable", ("blue", 90, [1]), ("green", 10, [2]));
            await ChangeAsync(updating, "$blue | Update-MlDeployment -EnvironmentVariable @{ ROLLOUT = 'new' } -AllowLive");
            await _load.SampleAsync(updating);

            await ChangeAsync(Moving(("blue", 1), ("green", 2)), "Set-MlTraffic @{ blue = 50; green = 50 } -Endpoint $endpoint");
            await SettleAsync(Phase("blue 50, green 50", ("blue", 50, [1]), ("green", 50, [2])));

            RolloutPhase scaling = Phase("blue 50, green 50, green is scaled", ("blue", 50, [1]), ("green", 50, [2]));
            await ChangeAsync(scaling, "$green | Update-MlDeployment -InstanceCount $args[0]; $green | Update-MlDeployment -InstanceCount 1", instances);
            await _load.SampleAsync(scaling);

            await ChangeAsync(
                new RolloutPhase("green gets another model", 0, ("blue", null, [1]), ("green", null, [2, 3])),
                "$green | Update-MlDeployment -Model $v3 -AllowLive");
            await SettleAsync(Phase("blue 50, green 50 with its new model", ("blue", 50, [1]), ("green", 50, [3])));

            await ChangeAsync(Moving(("blue", 1), ("green", 3)), "$green | Set-MlTraffic -Weight 100");
            await SettleAsync(Phase("green 100", ("blue", 0, [1]), ("green", 100, [3])));

            RolloutPhase mirroring = Phase("green 100, copies to blue", ("blue", 0, [1]), ("green", 100, [3]));
            await ChangeAsync(mirroring, "Set-MlTraffic -MirrorTraffic @{ blue = 50 } -Endpoint $endpoint");
            await _load.SampleAsync(mirroring);

            RolloutPhase removing = Phase("green 100, blue goes", ("blue", 0, [1]), ("green", 100, [3]));
            await ChangeAsync(removing, "Set-MlTraffic -MirrorTraffic @{ blue = 0 } -Endpoint $endpoint; $blue | Remove-MlDeployment");
            await _load.SampleAsync(removing);

            // The next rollout begins.
            await DoAsync("$red = $v1 | New-MlDeployment red -Endpoint $endpoint @settings");
            await ChangeAsync(Moving(("green", 3), ("red", 1)), "$red | Set-MlTraffic -Weight 25");
            await SettleAsync(Phase("green 75, red 25", ("green", 75, [3]), ("red", 25, [1])));

            await _load.AssertNothingFailedAsync();
        }

        Assert.Equal("green=75 red=25", TrafficOf(Session.Invoke("$endpoint.Name").One<string>()));
        Assert.Empty(settled.Select(phase => phase.SplitProblem()).OfType<string>());
    }

    /// <summary>While weights change, a request meets them before or after.</summary>
    private static RolloutPhase Moving(params (string Deployment, int Version)[] deployments) =>
        new("weights change", 0, [.. deployments.Select(one => (one.Deployment, (int?)null, new[] { one.Version }))]);

    private async Task DoAsync(string script, params object?[] arguments)
    {
        InvocationResult result = await Session.InvokeAsync($"$ErrorActionPreference = 'Stop'\n{script}", CancellationToken.None, arguments);
        Assert.True(result.Errors.Count == 0 && !result.Stopped, $"{script}\n{result.Describe()}\n{_load?.Describe()}");
    }
}
