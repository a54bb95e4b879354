namespace MlflowRollout.Emulator.Metrics;

/// <summary>What was counted on the scoring path, by whole minutes.</summary>
internal interface IMetricsReader
{
    /// <summary>
    /// All minutes of one endpoint that have requests and lie in [<paramref name="from"/>, <paramref name="to"/>), oldest first within a
    /// deployment. Requests that reached no deployment (401, 404) carry an empty deployment name.
    /// </summary>
    IReadOnlyList<MetricMinute> Read(string endpointName, DateTimeOffset from, DateTimeOffset to);

    /// <summary>Forgets an endpoint that was deleted.</summary>
    void Forget(string endpointName);
}
