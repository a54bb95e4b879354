using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Credentials for every way of signing in.</summary>
/// <param name="cloud">Cloud to sign in to.</param>
/// <param name="context">Caller; is told the code of a device sign-in.</param>
/// <param name="transport">What carries requests for tokens; null for the library's own.</param>
internal sealed class CredentialFactory(CloudSettings cloud, IMlOperationContext context, HttpPipelineTransport? transport = null)
{
    // Where nothing answers, the machine has no identity: that must be said within a minute or so, not after the library's ten.
    private static readonly TimeSpan ManagedIdentityTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes the credential that a request asks for; calls nothing.</summary>
    public TokenCredential Create(MlConnectionRequest request)
    {
        try
        {
            return request.AuthType == MlAuthType.AccessToken
                ? StaticCredential.From(request.AccessToken ?? throw Missing(request.AuthType, "-AccessToken"), cloud.ArmAudience)
                : new SignInCredential(CreateInner(request), request.AuthType);
        }
        catch (ArgumentException exception)
        {
            // Names that cannot be a tenant or an application.
            throw new MlConnectionException(
                MlErrorIds.ParameterInvalid, $"Signing in by {request.AuthType} cannot begin: {FirstLine(exception.Message)}", MlErrorCategory.InvalidArgument, exception)
            {
                IsTerminating = true,
                Target = request.TenantId ?? request.ClientId,
                RecommendedAction = "Check -TenantId (an id or a domain) and -ClientId.",
            };
        }
    }

    private TokenCredential CreateInner(MlConnectionRequest request) => request.AuthType switch
    {
        MlAuthType.AzContext => new DelegatedCredential(
            request.AzContextToken ?? throw Missing(request.AuthType, "an Az.Accounts session in this process (Connect-AzAccount)"), request.TenantId),
        MlAuthType.ManagedIdentity => ManagedIdentity(request),
        MlAuthType.WorkloadIdentity => WorkloadIdentity(request),
        MlAuthType.AzurePipelines => AzurePipelines(request),
        MlAuthType.ServicePrincipal => ServicePrincipal(request),
        MlAuthType.AzureCli => new AzureCliCredential(With(new AzureCliCredentialOptions { TenantId = request.TenantId })),
        MlAuthType.Browser => Browser(request),
        MlAuthType.DeviceCode => DeviceCode(request),
        _ => WhatTheMachineOffers(request),
    };

    private DefaultAzureCredential WhatTheMachineOffers(MlConnectionRequest request)
    {
        DefaultAzureCredentialOptions options = With(new DefaultAzureCredentialOptions { ExcludeInteractiveBrowserCredential = true });
        if (request.TenantId is { } tenant)
        {
            options.TenantId = tenant;
        }

        if (request.ClientId is { } client)
        {
            options.ManagedIdentityClientId = client;
            options.WorkloadIdentityClientId = client;
        }

        return new DefaultAzureCredential(options);
    }

    private ManagedIdentityCredential ManagedIdentity(MlConnectionRequest request)
    {
        ManagedIdentityCredentialOptions options = With(new ManagedIdentityCredentialOptions(
            request.ClientId is { } client ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned));
        options.Retry.NetworkTimeout = ManagedIdentityTimeout;
        return new ManagedIdentityCredential(options);
    }

    private WorkloadIdentityCredential WorkloadIdentity(MlConnectionRequest request)
    {
        WorkloadIdentityCredentialOptions options = With(new WorkloadIdentityCredentialOptions());
        if (request.TenantId is { } tenant)
        {
            options.TenantId = tenant;
        }

        if (request.ClientId is { } client)
        {
            options.ClientId = client;
        }

        return new WorkloadIdentityCredential(options);
    }

    private AzurePipelinesCredential AzurePipelines(MlConnectionRequest request) => new(
        request.TenantId ?? throw Missing(request.AuthType, "-TenantId"),
        request.ClientId ?? throw Missing(request.AuthType, "-ClientId"),
        request.ServiceConnectionId ?? throw Missing(request.AuthType, "-ServiceConnectionId"),
        Secret.Reveal(request.AccessToken ?? throw Missing(request.AuthType, "-AccessToken (the job's System.AccessToken)")),
        With(new AzurePipelinesCredentialOptions()));

    private TokenCredential ServicePrincipal(MlConnectionRequest request)
    {
        string tenant = request.TenantId ?? throw Missing(request.AuthType, "-TenantId");
        string client = request.ClientId ?? throw Missing(request.AuthType, "-ClientId (or the user name of -Credential)");
        return request.CertificatePath is { } path
            ? new ClientCertificateCredential(tenant, client, ClientCertificate.Load(path, request), With(new ClientCertificateCredentialOptions { SendCertificateChain = true }))
            : new ClientSecretCredential(
                tenant,
                client,
                Secret.Reveal(request.ClientSecret ?? throw Missing(request.AuthType, "-Credential or -CertificatePath")),
                With(new ClientSecretCredentialOptions()));
    }

    private InteractiveBrowserCredential Browser(MlConnectionRequest request)
    {
        InteractiveBrowserCredentialOptions options = With(new InteractiveBrowserCredentialOptions { TenantId = request.TenantId });
        if (request.ClientId is { } client)
        {
            options.ClientId = client;
        }

        return new InteractiveBrowserCredential(options);
    }

    private DeviceCodeCredential DeviceCode(MlConnectionRequest request)
    {
        DeviceCodeCredentialOptions options = With(new DeviceCodeCredentialOptions
        {
            TenantId = request.TenantId,
            DeviceCodeCallback = (code, _) =>
            {
                // A warning, since it must be seen whatever the preferences for information are.
                context.Warning(code.Message);
                return Task.CompletedTask;
            },
        });
        if (request.ClientId is { } client)
        {
            options.ClientId = client;
        }

        return new DeviceCodeCredential(options);
    }

    private T With<T>(T options)
        where T : TokenCredentialOptions
    {
        options.AuthorityHost = cloud.AuthorityHost;
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return options;
    }

    private static string FirstLine(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    private static MlConnectionException Missing(MlAuthType type, string what) => new(
        MlErrorIds.AuthenticationFailed, $"Signing in by {type} needs {what}.", MlErrorCategory.InvalidArgument)
    {
        IsTerminating = true,
        Target = type.ToString(),
        RecommendedAction = $"Give {what} to Connect-MlWorkspace.",
    };
}
