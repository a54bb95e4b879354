using MlflowRollout.Engine.Scoring;

namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>Gives one key after the other.</summary>
internal sealed class RotatingSource(params string[] keys) : IScoringSource
{
    private int _asked;

    public int Asked => _asked;

    public Dictionary<string, int>? Live { get; init; }

    public Dictionary<string, MlModelSignature> Stored { get; init; } = [];

    public bool CanRefresh => true;

    public ValueTask<ScoringKey> GetKeyAsync(CancellationToken cancellationToken) =>
        new(new ScoringKey(keys[Math.Min(Interlocked.Increment(ref _asked), keys.Length) - 1], null));

    public Task<IReadOnlyDictionary<string, int>?> GetLiveWeightsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyDictionary<string, int>?>(Live);

    public Task<int?> GetAdmissionAsync(string deploymentName, CancellationToken cancellationToken) => Task.FromResult<int?>(null);

    public Task<MlModelSignature?> ReadModelSignatureAsync(string deploymentName, CancellationToken cancellationToken) =>
        Task.FromResult(Stored.GetValueOrDefault(deploymentName));
}
