using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Connects this session to a workspace: one of Azure Machine Learning, or an emulator on this machine.</summary>
/// <remarks>
/// The connection is verified by reading the workspace. What of the target is not given is taken from an Azure ML config.json and from the environment
/// variables AZUREML_ARM_SUBSCRIPTION, AZUREML_ARM_RESOURCEGROUP and AZUREML_ARM_WORKSPACE_NAME. A target that stays incomplete is an error; the emulator is
/// never implied.
/// </remarks>
[Cmdlet(VerbsCommunications.Connect, "MlWorkspace", DefaultParameterSetName = AzureSet)]
[OutputType(typeof(MlWorkspace))]
public sealed class ConnectMlWorkspaceCommand : MlCmdletBase
{
    private const string AzureSet = "Azure";
    private const string EmulatorSet = "Emulator";

    /// <summary>Name of the workspace.</summary>
    [Parameter(ParameterSetName = AzureSet, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? WorkspaceName { get; set; }

    /// <summary>Its resource group.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? ResourceGroupName { get; set; }

    /// <summary>Its subscription, by id.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? SubscriptionId { get; set; }

    /// <summary>An Azure ML config.json. Without it one is searched from the current location upwards, also in folders named .azureml.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? ConfigFile { get; set; }

    /// <summary>The Azure cloud: AzureCloud (default), AzureUSGovernment or AzureChinaCloud.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    public MlCloudEnvironment Environment { get; set; }

    /// <summary>How to sign in. Default tries what the machine offers and is meant for a desk; name one in production.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    public MlAuthType AuthType { get; set; }

    /// <summary>Tenant to sign in to.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? TenantId { get; set; }

    /// <summary>Application, or user-assigned managed identity.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>Application id as user name and its secret as password, for ServicePrincipal.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Certificate of the application (PEM or PFX), for ServicePrincipal.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>Password of the PFX file.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>Azure DevOps service connection, for AzurePipelines.</summary>
    [Parameter(ParameterSetName = AzureSet)]
    [ValidateNotNullOrEmpty]
    public string? ServiceConnectionId { get; set; }

    /// <summary>The token to use, for AccessToken; the job's System.AccessToken, for AzurePipelines (else that of SYSTEM_ACCESSTOKEN).</summary>
    [Parameter(ParameterSetName = AzureSet)]
    public SecureString? AccessToken { get; set; }

    /// <summary>Connects to an emulator on this machine and starts the default one when it does not run.</summary>
    [Parameter(ParameterSetName = EmulatorSet, Mandatory = true)]
    public SwitchParameter Emulator { get; set; }

    /// <summary>Connection file of a running emulator.</summary>
    [Parameter(ParameterSetName = EmulatorSet)]
    [ValidateNotNullOrEmpty]
    public string? ConnectionFile { get; set; }

    /// <summary>Starts an emulator of its own, which ends, with its data, with Disconnect-MlWorkspace or with this session.</summary>
    [Parameter(ParameterSetName = EmulatorSet)]
    public SwitchParameter Ephemeral { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlConnectionRequest request = await InvokeAsync(() => ParameterSetName == EmulatorSet ? EmulatorRequest() : AzureRequest()).ConfigureAwait(false);
        IMlWorkspaceClient client = await Engine.ConnectAsync(request, Context, cancellationToken).ConfigureAwait(false);
        await InvokeAsync(() =>
        {
            RunspaceConnections.Add(client.Workspace.ConnectionId);
            if (client.Workspace.IsEphemeral)
            {
                EphemeralConnections.EndWith(Runspace.DefaultRunspace, client.Workspace.ConnectionId);
            }

            WriteObject(client.Workspace);
        }).ConfigureAwait(false);
    }

    private MlConnectionRequest EmulatorRequest()
    {
        if (ConnectionFile is not null && Ephemeral)
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict, "-ConnectionFile names an emulator that runs, and -Ephemeral starts a new one: they exclude each other.")
            {
                IsTerminating = true,
                RecommendedAction = "Leave one of them out.",
            };
        }

        return new MlConnectionRequest
        {
            UseEmulator = true,
            ConnectionFile = ConnectionFile is null ? null : FileSystemPath.ResolveNew(this, ConnectionFile),
            Ephemeral = Ephemeral,
            EmulatorOptions = new MlEmulatorOptions { PackageFolders = EmulatorPackageFolders.Find(), Ephemeral = Ephemeral },
        };
    }

    private MlConnectionRequest AzureRequest()
    {
        SignInParameters.Check(AuthType, SignInValues());
        bool isPipelines = AuthType == MlAuthType.AzurePipelines;
        return new MlConnectionRequest
        {
            SubscriptionId = SubscriptionId,
            ResourceGroupName = ResourceGroupName,
            WorkspaceName = WorkspaceName,
            ConfigurationPath = ConfigFile is null ? SessionState.Path.CurrentFileSystemLocation.ProviderPath : FileSystemPath.ResolveLiteral(this, ConfigFile),
            Environment = Environment,
            AuthType = AuthType,
            TenantId = TenantId,
            ClientId = Credential?.UserName ?? ClientId,
            ClientSecret = Credential?.Password,
            CertificatePath = CertificatePath is null ? null : FileSystemPath.ResolveLiteral(this, CertificatePath),
            CertificatePassword = CertificatePassword,
            ServiceConnectionId = ServiceConnectionId,
            AccessToken = AccessToken ?? (isPipelines ? SignInParameters.PipelineToken() : null),
            AzContextToken = AuthType == MlAuthType.AzContext ? AzContextTokens.From(this) : null,
        };
    }

    private Dictionary<string, object?> SignInValues() => new()
    {
        [nameof(TenantId)] = TenantId,
        [nameof(ClientId)] = ClientId,
        [nameof(Credential)] = Credential,
        [nameof(CertificatePath)] = CertificatePath,
        [nameof(CertificatePassword)] = CertificatePassword,
        [nameof(ServiceConnectionId)] = ServiceConnectionId,
        [nameof(AccessToken)] = AccessToken,
    };
}
