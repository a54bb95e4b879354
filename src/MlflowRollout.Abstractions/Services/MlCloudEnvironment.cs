namespace MlflowRollout.Services;

/// <summary>Azure cloud.</summary>
public enum MlCloudEnvironment
{
    /// <summary>Azure public cloud (default).</summary>
    AzureCloud,

    /// <summary>Azure US Government.</summary>
    AzureUSGovernment,

    /// <summary>Azure operated by 21Vianet.</summary>
    AzureChinaCloud,
}
