namespace MlflowRollout;

/// <summary>The container of a deployment whose log is read.</summary>
public enum MlDeploymentContainer
{
    /// <summary>The server that runs the model (the service's default).</summary>
    InferenceServer,

    /// <summary>The step that fetches the model before the server starts.</summary>
    StorageInitializer,
}
