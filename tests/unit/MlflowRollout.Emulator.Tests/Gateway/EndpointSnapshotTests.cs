using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Serving;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

public sealed class EndpointSnapshotTests
{
    [Property]
    public Property Draw_AnyWeights_TicketsAreExactlyTheWeights()
        => Prop.ForAll(WeightsArbitrary(), weights =>
        {
            var snapshot = Snapshot(weights);
            var counted = snapshot.Tickets.GroupBy(d => d.Name).ToDictionary(g => g.Key, g => g.Count());
            return snapshot.Tickets.Count == weights.Sum()
                && Enumerable.Range(0, weights.Length).All(i => counted.GetValueOrDefault($"d{i}") == weights[i]);
        });

    [Property]
    public Property Draw_EveryNumberTheSourceMayGive_NamesADeploymentWithWeight()
        => Prop.ForAll(WeightsArbitrary(), weights =>
        {
            var snapshot = Snapshot(weights);
            var source = new CountingSource();
            return Enumerable.Range(0, Math.Max(1, weights.Sum())).All(_ =>
            {
                var drawn = snapshot.Draw(source);
                return weights.Sum() == 0 ? drawn is null : weights[int.Parse(drawn!.Name[1..], System.Globalization.CultureInfo.InvariantCulture)] > 0;
            });
        });

    [Fact]
    public void Draw_ManyTimes_FollowsTheWeights()
    {
        int[] weights = [70, 20, 9, 1];
        var snapshot = Snapshot(weights);
        var random = new SeededRandomSource(20261123);
        const int Draws = 100_000;
        var counts = new int[weights.Length];
        for (var i = 0; i < Draws; i++)
        {
            counts[snapshot.Draw(random)!.Name[1] - '0']++;
        }

        var chiSquare = weights.Select((w, i) => Math.Pow(counts[i] - (Draws * w / 100.0), 2) / (Draws * w / 100.0)).Sum();
        // 99.9 % point with three degrees of freedom.
        Assert.True(chiSquare < 16.27, $"chi-square {chiSquare}: {string.Join(", ", counts)}");
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(101, 0)]
    [InlineData(0, 101)]
    public void Create_WeightOutOfRange_IsRefused(int weight, int mirror)
        => Assert.Throws<ArgumentException>(() => new EndpointSnapshot(Route([new DeploymentRoute(Deployment("d0"), weight, mirror)])));

    [Fact]
    public void Create_SameNameTwice_IsRefused()
        => Assert.Throws<ArgumentException>(() => new EndpointSnapshot(Route([new DeploymentRoute(Deployment("a"), 50, 0), new DeploymentRoute(Deployment("A"), 50, 0)])));

    private static Arbitrary<int[]> WeightsArbitrary()
        => Gen.Choose(0, 100).ArrayOf().Where(w => w.Length is > 0 and <= 20).ToArbitrary();

    private static EndpointSnapshot Snapshot(int[] weights)
        => new(Route([.. weights.Select((w, i) => new DeploymentRoute(Deployment($"d{i}"), w, 0))]));

    private static EndpointRoute Route(IReadOnlyList<DeploymentRoute> deployments)
        => new("e", EndpointAuthMode.Key, "a", "b", _ => false, deployments);

    private static RunningDeployment Deployment(string name)
        => new(
            new DeploymentSpecification("e", name, null, null, 1, 1, TimeSpan.Zero, TimeSpan.FromSeconds(1), new Dictionary<string, string>()),
            new FakeModelServer(),
            new ContainerLog(TimeProvider.System, "azmlinfsrv", 7),
            new DeploymentMetrics(name));

    private sealed class CountingSource : IRandomSource
    {
        private int _next;

        public int Next(int exclusiveMaximum) => _next++ % exclusiveMaximum;

        public double NextDouble() => 0;

        public void NextBytes(Span<byte> destination) => destination.Clear();
    }
}
