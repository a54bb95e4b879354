using System.Security;

namespace MlflowRollout.Services;

/// <summary>Which workspace to connect to, and how. Either the emulator part or the cloud part is filled.</summary>
public sealed class MlConnectionRequest
{
    /// <summary>True: connect to an emulator; the cloud part is ignored.</summary>
    public bool UseEmulator { get; init; }

    /// <summary>Emulator: connection file of a running one; null for the user's default emulator, started when it does not run.</summary>
    public string? ConnectionFile { get; init; }

    /// <summary>Emulator: start one of its own that ends, with its data, with this process or connection.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Emulator: how to start one; used for the default and the ephemeral one.</summary>
    public MlEmulatorOptions? EmulatorOptions { get; init; }

    /// <summary>Subscription id; null to take it from the workspace file or environment.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Resource group; null to take it from the workspace file or environment.</summary>
    public string? ResourceGroupName { get; init; }

    /// <summary>Workspace; null to take it from the workspace file or environment.</summary>
    public string? WorkspaceName { get; init; }

    /// <summary>An Azure ML <c>config.json</c>, or a folder from which it is searched upwards (also in <c>.azureml/</c>); null for none.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>Cloud.</summary>
    public MlCloudEnvironment Environment { get; init; }

    /// <summary>How to sign in.</summary>
    public MlAuthType AuthType { get; init; }

    /// <summary>Tenant; null for the credential's own.</summary>
    public string? TenantId { get; init; }

    /// <summary>Application or user-assigned identity.</summary>
    public string? ClientId { get; init; }

    /// <summary>Secret of the application.</summary>
    public SecureString? ClientSecret { get; init; }

    /// <summary>Certificate of the application (PEM or PFX).</summary>
    public string? CertificatePath { get; init; }

    /// <summary>Password of the PFX file; null for none.</summary>
    public SecureString? CertificatePassword { get; init; }

    /// <summary>Azure DevOps service connection.</summary>
    public string? ServiceConnectionId { get; init; }

    /// <summary>Token of the caller (<see cref="MlAuthType.AccessToken"/>), or the Azure DevOps job's token (<see cref="MlAuthType.AzurePipelines"/>).</summary>
    public SecureString? AccessToken { get; init; }

    /// <summary>
    /// Gets a token of the Az.Accounts session: (resource uri, tenant or null, cancellation) to token. Needed for <see cref="MlAuthType.AzContext"/>.
    /// </summary>
    public Func<string, string?, CancellationToken, Task<MlAccessToken>>? AzContextToken { get; init; }
}
