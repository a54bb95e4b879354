using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Addresses of a cloud, or of an emulator.</summary>
/// <param name="ArmEndpoint">Base address of the control plane.</param>
/// <param name="ArmAudience">Audience of its tokens; without a slash at its end, which would double in the scope.</param>
/// <param name="AuthorityHost">Where people and applications sign in.</param>
/// <param name="StorageSuffix">Domain of storage accounts.</param>
internal sealed record CloudSettings(Uri ArmEndpoint, string ArmAudience, Uri AuthorityHost, string StorageSuffix)
{
    /// <summary>The settings of an Azure cloud.</summary>
    public static CloudSettings For(MlCloudEnvironment environment) => environment switch
    {
        MlCloudEnvironment.AzureUSGovernment => new(
            new Uri("https://management.usgovcloudapi.net"), "https://management.usgovcloudapi.net", AzureAuthorityHosts.AzureGovernment, "core.usgovcloudapi.net"),
        MlCloudEnvironment.AzureChinaCloud => new(
            new Uri("https://management.chinacloudapi.cn"), "https://management.chinacloudapi.cn", AzureAuthorityHosts.AzureChina, "core.chinacloudapi.cn"),
        _ => new(
            new Uri("https://management.azure.com"), "https://management.azure.com", AzureAuthorityHosts.AzurePublicCloud, "core.windows.net"),
    };

    /// <summary>The settings of an emulator.</summary>
    public static CloudSettings ForEmulator(Uri armEndpoint) =>
        new(armEndpoint, armEndpoint.GetLeftPart(UriPartial.Authority), AzureAuthorityHosts.AzurePublicCloud, "core.windows.net");
}
