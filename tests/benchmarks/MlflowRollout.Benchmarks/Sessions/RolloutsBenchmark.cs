using MlflowRollout.Benchmarks.Measuring;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>Many rollouts from one process.</summary>
internal sealed class RolloutsBenchmark : IBenchmark
{
    public string Key => "rollouts";

    public Task<IReadOnlyList<Figure>> RunAsync(int pairs) => Task.FromResult<IReadOnlyList<Figure>>(
        [Figure.Missing("20 rollouts at once from one controller process", "no thread for each", "the rollout controller is not part of the product yet")]);
}
