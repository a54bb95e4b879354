namespace MlflowRollout.Services;

/// <summary>One collection of a data collector.</summary>
public sealed class MlDataCollection
{
    /// <summary>Whether it records.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Share of requests, 0 to 1; null for the collector's.</summary>
    public double? SamplingRate { get; init; }

    /// <summary>Client id of the managed identity that writes; null for the endpoint's own.</summary>
    public string? ClientId { get; init; }

    /// <summary>Data asset (<c>azureml:name:version</c> or resource id) that it is registered as; null for the service's.</summary>
    public string? DataId { get; init; }

    /// <summary>Name of the data asset to register it as; null for the service's.</summary>
    public string? DataName { get; init; }

    /// <summary>Path of the data asset (<c>azureml://datastores/…</c>).</summary>
    public string? DataPath { get; init; }

    /// <summary>Version of the data asset.</summary>
    public string? DataVersion { get; init; }
}
