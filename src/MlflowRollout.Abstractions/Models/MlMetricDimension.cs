namespace MlflowRollout;

/// <summary>What the figures of an endpoint are split by.</summary>
public enum MlMetricDimension
{
    /// <summary>Not split: the endpoint as a whole.</summary>
    Endpoint,

    /// <summary>By deployment. Mirrored requests count under the deployment that got the copies.</summary>
    Deployment,

    /// <summary>By class of the status that the client saw: 2xx, 4xx, 5xx.</summary>
    StatusCodeClass,

    /// <summary>By the status that the client saw.</summary>
    StatusCode,

    /// <summary>By the status of the model's container.</summary>
    ModelStatusCode,
}
