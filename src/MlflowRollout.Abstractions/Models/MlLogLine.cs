namespace MlflowRollout;

/// <summary>One line of a deployment's log.</summary>
public sealed class MlLogLine
{
    /// <summary>Endpoint.</summary>
    public string EndpointName { get; set; } = string.Empty;

    /// <summary>Deployment.</summary>
    public string DeploymentName { get; set; } = string.Empty;

    /// <summary>Container that wrote it.</summary>
    public MlDeploymentContainer Container { get; set; }

    /// <summary>The line.</summary>
    public string Line { get; set; } = string.Empty;

    /// <summary>The line.</summary>
    public override string ToString() => Line;
}
