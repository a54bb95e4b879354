using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Addresses of a cloud, or of an emulator.</summary>
/// <param name="ArmEndpoint">Base address of the control plane.</param>
/// <param name="ArmAudience">Audience of its tokens; without a slash at its end, which would double in the scope.</param>
/// <param name="AuthorityHost">Where people and applications sign in.</param>
/// <param name="StorageSuffix">Domain of storage accounts.</param>
/// <param name="ScoringScope">Scope of Entra tokens for scoring.</param>
internal sealed record CloudSettings(Uri ArmEndpoint, string ArmAudience, Uri AuthorityHost, string StorageSuffix, string ScoringScope)
{
    /// <summary>The settings of an Azure cloud.</summary>
    public static CloudSettings For(MlCloudEnvironment environment) => environment switch
    {
        MlCloudEnvironment.AzureUSGovernment => new(
            new Uri("https://management.usgovcloudapi.net"), "https://management.usgovcloudapi.net", AzureAuthorityHosts.AzureGovernment, "core.usgovcloudapi.net", "https://ml.azure.us/.default"),
        MlCloudEnvironment.AzureChinaCloud => new(
            new Uri("https://management.chinacloudapi.cn"), "https://management.chinacloudapi.cn", AzureAuthorityHosts.AzureChina, "core.chinacloudapi.cn", "https://ml.azure.cn/.default"),
        _ => new(
            new Uri("https://management.azure.com"), "https://management.azure.com", AzureAuthorityHosts.AzurePublicCloud, "core.windows.net", "https://ml.azure.com/.default"),
    };

    /// <summary>The settings of an emulator.</summary>
    public static CloudSettings ForEmulator(Uri armEndpoint) =>
        new(armEndpoint, armEndpoint.GetLeftPart(UriPartial.Authority), AzureAuthorityHosts.AzurePublicCloud, "core.windows.net", "https://ml.azure.com/.default");
}
