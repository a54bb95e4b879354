namespace MlflowRollout;

/// <summary>A liveness or readiness probe of a deployment.</summary>
public sealed class MlProbe
{
    /// <summary>Failures in a row until the container counts as failed. Service default 30.</summary>
    public int? FailureThreshold { get; set; }

    /// <summary>Successes in a row until the container counts as good. Service default 1.</summary>
    public int? SuccessThreshold { get; set; }

    /// <summary>Wait before the first probe. Service default 10 s.</summary>
    public TimeSpan? InitialDelay { get; set; }

    /// <summary>Time between probes; below 300 s (service fact). Service default 10 s.</summary>
    public TimeSpan? Period { get; set; }

    /// <summary>Time a probe may take; below 300 s (service fact). Service default 2 s.</summary>
    public TimeSpan? Timeout { get; set; }
}
