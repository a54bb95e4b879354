namespace MlflowRollout.Services;

/// <summary>How to sign in to the cloud.</summary>
public enum MlAuthType
{
    /// <summary>What Azure.Identity's <c>DefaultAzureCredential</c> finds; for a desk, not for production.</summary>
    Default,

    /// <summary>The Az.Accounts session of this process (<c>Connect-AzAccount</c>).</summary>
    AzContext,

    /// <summary>Managed identity of the machine or runbook; <c>-ClientId</c> names a user-assigned one.</summary>
    ManagedIdentity,

    /// <summary>Workload identity federation by the environment variables that AKS and others set.</summary>
    WorkloadIdentity,

    /// <summary>An Azure DevOps service connection; needs <c>-ServiceConnectionId</c>, <c>-TenantId</c>, <c>-ClientId</c> and the job's access token.</summary>
    AzurePipelines,

    /// <summary>Application with a secret (<c>-Credential</c>) or certificate (<c>-CertificatePath</c>).</summary>
    ServicePrincipal,

    /// <summary>The session of <c>az login</c>.</summary>
    AzureCli,

    /// <summary>A browser window.</summary>
    Browser,

    /// <summary>A code to type on another device.</summary>
    DeviceCode,

    /// <summary>A token that the caller has.</summary>
    AccessToken,
}
