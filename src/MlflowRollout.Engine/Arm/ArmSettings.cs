namespace MlflowRollout.Engine.Arm;

/// <summary>Settings of the control plane that are the same for every call.</summary>
internal static class ArmSettings
{
    /// <summary>The one api-version sent: a stable one that has every property used here.</summary>
    public const string ApiVersion = "2024-10-01";

    /// <summary>The version of Azure Monitor's provider, which has its own.</summary>
    public const string MetricsApiVersion = "2024-02-01";

    /// <summary>Namespace of the resource provider, in the casing that official clients parse.</summary>
    public const string Provider = "Microsoft.MachineLearningServices";
}
