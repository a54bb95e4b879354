namespace MlflowRollout.Engine.Scoring;

/// <summary>What a scoring client asks of the control plane, where it has one.</summary>
internal interface IScoringSource
{
    /// <summary>True when <see cref="GetKeyAsync"/> can give another key than before, so that a 401 is worth asking again.</summary>
    bool CanRefresh { get; }

    /// <summary>The key or token as it is now.</summary>
    ValueTask<ScoringKey> GetKeyAsync(CancellationToken cancellationToken);

    /// <summary>Live weights in percent by deployment, zeros left out; null when they cannot be known.</summary>
    Task<IReadOnlyDictionary<string, int>?> GetLiveWeightsAsync(CancellationToken cancellationToken);

    /// <summary>Requests that a deployment admits at a time (2 × concurrency × instances); null when it cannot be known.</summary>
    Task<int?> GetAdmissionAsync(string deploymentName, CancellationToken cancellationToken);

    /// <summary>The signature in the <c>MLmodel</c> of a deployment's model in storage; null when it cannot be read or has none.</summary>
    Task<MlModelSignature?> ReadModelSignatureAsync(string deploymentName, CancellationToken cancellationToken);
}
