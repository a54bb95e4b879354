using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.State;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class TrafficRulesTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;

    [Property]
    public Property Check_AnyWeightsOfKnownDeployments_AreGoodExactlyWhenTheySumToZeroOrHundred()
    {
        Arbitrary<int[]> weights = Gen.Choose(0, 100).ArrayOf().Where(array => array.Length <= 20).ToArbitrary();
        return Prop.ForAll(weights, array =>
        {
            List<ResourceRecord> deployments = [.. array.Select((_, index) => Deployment($"d{index}", ProvisioningStates.Succeeded))];
            Dictionary<string, int> traffic = array.Select((weight, index) => (weight, index)).ToDictionary(pair => $"d{pair.index}", pair => pair.weight);

            return Check(traffic, [], null, deployments).Count == 0 == array.Sum() is 0 or 100;
        });
    }

    [Fact]
    public void Check_WeightThatFallsOnAFailedDeployment_IsAllowed()
    {
        ResourceRecord endpoint = Endpoint(("blue", 100));
        ResourceRecord[] deployments = [Deployment("blue", ProvisioningStates.Failed), Deployment("green", ProvisioningStates.Succeeded)];

        Assert.Empty(Check(new() { ["blue"] = 90, ["green"] = 10 }, [], endpoint, deployments));
        Assert.Empty(Check(new() { ["blue"] = 100 }, [], endpoint, deployments));
    }

    [Theory]
    [InlineData(ProvisioningStates.Failed)]
    [InlineData(ProvisioningStates.Creating)]
    [InlineData(ProvisioningStates.Updating)]
    [InlineData(ProvisioningStates.Deleting)]
    public void Check_WeightThatRisesOnOneThatHasNotSucceeded_IsRefused(string state)
    {
        ResourceRecord endpoint = Endpoint(("blue", 100));
        ResourceRecord[] deployments = [Deployment("blue", ProvisioningStates.Succeeded), Deployment("green", state)];

        (string field, string reason) = Assert.Single(Check(new() { ["blue"] = 99, ["green"] = 1 }, [], endpoint, deployments));

        Assert.Equal("Traffic", field);
        Assert.Contains(state, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_MirrorOfKubernetesEndpoint_IsRefused()
    {
        List<(string Field, string Reason)> errors = [];

        TrafficRules.Check([], new() { ["blue"] = 10 }, null, [Deployment("blue", ProvisioningStates.Succeeded)], kubernetes: true, errors);

        Assert.Contains("Kubernetes", Assert.Single(errors).Reason, StringComparison.Ordinal);
    }

    private static List<(string Field, string Reason)> Check(
        Dictionary<string, int> traffic,
        Dictionary<string, int> mirror,
        ResourceRecord? before,
        IReadOnlyList<ResourceRecord> deployments)
    {
        List<(string Field, string Reason)> errors = [];
        TrafficRules.Check(traffic, mirror, before, deployments, kubernetes: false, errors);
        return errors;
    }

    private static ResourceRecord Endpoint(params (string Deployment, int Weight)[] traffic) =>
        new(1, ResourceKind.Endpoint, string.Empty, "e", "e", ProvisioningStates.Succeeded, Body(traffic), null, null, Time, Time);

    private static ResourceRecord Deployment(string name, string state) =>
        new(1, ResourceKind.Deployment, "e", name, name, state, Body([]), null, null, Time, Time);

    private static JsonObject Body((string Deployment, int Weight)[] traffic) =>
        new() { ["properties"] = new JsonObject { ["traffic"] = TrafficMap.Write(traffic.Select(pair => KeyValuePair.Create(pair.Deployment, pair.Weight))) } };
}
