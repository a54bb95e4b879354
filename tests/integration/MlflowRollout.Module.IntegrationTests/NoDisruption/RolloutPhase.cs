using System.Collections.Concurrent;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>
/// A stretch of a rollout: who may answer, with which model version. Its sample is the first requests sent in it; a phase is left
/// only when all of them are answered, so that they were under way in this phase alone, and no slow answer is missing.
/// </summary>
internal sealed class RolloutPhase(string name, int sample, params (string Deployment, int? Weight, int[] Versions)[] deployments)
{
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _sampled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;
    private int _answered;

    public string Name => name;

    /// <summary>Completes when every request of the sample is answered.</summary>
    public Task Sampled => sample == 0 ? Task.CompletedTask : _sampled.Task;

    /// <summary>Counts a request as sent; says whether it is in the sample.</summary>
    public bool Send() => Interlocked.Increment(ref _sent) <= sample;

    /// <summary>Records who answered a request of the sample.</summary>
    public void Answer(string? deployment)
    {
        _answers.AddOrUpdate(deployment ?? "nobody", 1, static (_, count) => count + 1);
        if (Interlocked.Increment(ref _answered) == sample)
        {
            _sampled.TrySetResult();
        }
    }

    public bool Allows(string? deployment, int version) =>
        deployments.Any(allowed => allowed.Deployment == deployment && allowed.Weight != 0 && allowed.Versions.Contains(version));

    /// <summary>What is wrong with the split of the sample: more than five standard deviations of a binomial off. Null where it is right.</summary>
    public string? SplitProblem()
    {
        foreach ((string deployment, int? weight, _) in deployments)
        {
            double share = (weight ?? throw new InvalidOperationException($"'{name}' has no weights.")) / 100.0;
            double deviation = Math.Sqrt(sample * share * (1 - share));
            if (Math.Abs(_answers.GetValueOrDefault(deployment) - (sample * share)) > 5 * deviation)
            {
                return $"{this}: {deployment} should have {sample * share:F0} ± {5 * deviation:F0}";
            }
        }

        return _answers.Values.Sum() == sample && _answers.Keys.All(answered => deployments.Any(known => known.Deployment == answered))
            ? null
            : $"{this}: not a full sample of its deployments";
    }

    public override string ToString() => $"{name}: {string.Join(", ", _answers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))} of {_sent} sent";
}
