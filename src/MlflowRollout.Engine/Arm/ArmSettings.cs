namespace MlflowRollout.Engine.Arm;

/// <summary>Settings of the control plane that are the same for every call.</summary>
internal static class ArmSettings
{
    /// <summary>The one api-version sent: a stable one that has every property used here.</summary>
    public const string ApiVersion = "2024-10-01";

    /// <summary>The version of Azure Monitor's provider, which has its own.</summary>
    public const string MetricsApiVersion = "2024-02-01";

    /// <summary>The api-version of the one preview that is used, model packaging, in the dialect that the official clients' deployments speak.</summary>
    public const string PackagingApiVersion = "2023-04-01-preview";

    /// <summary>Namespace of the resource provider, in the casing that official clients parse.</summary>
    public const string Provider = "Microsoft.MachineLearningServices";
}
