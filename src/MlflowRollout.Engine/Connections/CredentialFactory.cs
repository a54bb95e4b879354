using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Credentials for every way of signing in.</summary>
internal static class CredentialFactory
{
    /// <summary>Makes the credential that a request asks for; calls nothing.</summary>
    public static TokenCredential Create(MlConnectionRequest request, CloudSettings cloud, IMlOperationContext context)
    {
        Uri authority = cloud.AuthorityHost;
        string? tenant = request.TenantId;
        return request.AuthType switch
        {
            MlAuthType.AzContext => new DelegatedCredential(request.AzContextToken ?? throw Missing(request.AuthType, "an Az.Accounts session in this process (Connect-AzAccount)"), tenant),
            MlAuthType.ManagedIdentity => new ManagedIdentityCredential(
                new ManagedIdentityCredentialOptions(
                    request.ClientId is { } client ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned)
                { AuthorityHost = authority }),
            MlAuthType.WorkloadIdentity => WorkloadIdentity(request, authority),
            MlAuthType.AzurePipelines => AzurePipelines(request, authority),
            MlAuthType.ServicePrincipal => ServicePrincipal(request, authority),
            MlAuthType.AzureCli => new AzureCliCredential(new AzureCliCredentialOptions { TenantId = tenant, AuthorityHost = authority }),
            MlAuthType.Browser => Browser(request, authority),
            MlAuthType.DeviceCode => DeviceCode(request, authority, context),
            MlAuthType.AccessToken => StaticCredential.From(request.AccessToken ?? throw Missing(request.AuthType, "-AccessToken")),
            _ => new DefaultAzureCredential(
                new DefaultAzureCredentialOptions
                {
                    AuthorityHost = authority,
                    TenantId = tenant,
                    ManagedIdentityClientId = request.ClientId,
                    ExcludeInteractiveBrowserCredential = true,
                }),
        };
    }

    private static WorkloadIdentityCredential WorkloadIdentity(MlConnectionRequest request, Uri authority)
    {
        WorkloadIdentityCredentialOptions options = new() { AuthorityHost = authority };
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

    private static AzurePipelinesCredential AzurePipelines(MlConnectionRequest request, Uri authority) => new(
        request.TenantId ?? throw Missing(request.AuthType, "-TenantId"),
        request.ClientId ?? throw Missing(request.AuthType, "-ClientId"),
        request.ServiceConnectionId ?? throw Missing(request.AuthType, "-ServiceConnectionId"),
        Secret.Reveal(request.AccessToken ?? throw Missing(request.AuthType, "-AccessToken (the job's System.AccessToken)")),
        new AzurePipelinesCredentialOptions { AuthorityHost = authority });

    private static TokenCredential ServicePrincipal(MlConnectionRequest request, Uri authority)
    {
        string tenant = request.TenantId ?? throw Missing(request.AuthType, "-TenantId");
        string client = request.ClientId ?? throw Missing(request.AuthType, "-ClientId (or the user name of -Credential)");
        if (request.CertificatePath is { } path)
        {
            return new ClientCertificateCredential(
                tenant, client, LoadCertificate(path, request), new ClientCertificateCredentialOptions { AuthorityHost = authority, SendCertificateChain = true });
        }

        return new ClientSecretCredential(
            tenant,
            client,
            Secret.Reveal(request.ClientSecret ?? throw Missing(request.AuthType, "-Credential or -CertificatePath")),
            new ClientSecretCredentialOptions { AuthorityHost = authority });
    }

    private static X509Certificate2 LoadCertificate(string path, MlConnectionRequest request)
    {
        try
        {
            if (X509Certificate2.GetCertContentType(path) == X509ContentType.Pfx)
            {
                string? password = request.CertificatePassword is { } secret ? Secret.Reveal(secret) : null;
                // The loader class that replaces this constructor is not in .NET 8.
#pragma warning disable SYSLIB0057
                return new X509Certificate2(path, password, X509KeyStorageFlags.EphemeralKeySet);
#pragma warning restore SYSLIB0057
            }

            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new MlConnectionException(
                MlErrorIds.AuthenticationFailed, $"The certificate '{path}' cannot be used: {exception.Message}", MlErrorCategory.AuthenticationError, exception)
            {
                IsTerminating = true,
                Target = path,
                RecommendedAction = "Give a PEM file with certificate and private key, or a PFX file with its password.",
            };
        }
    }

    private static InteractiveBrowserCredential Browser(MlConnectionRequest request, Uri authority)
    {
        InteractiveBrowserCredentialOptions options = new() { AuthorityHost = authority, TenantId = request.TenantId };
        if (request.ClientId is { } client)
        {
            options.ClientId = client;
        }

        return new InteractiveBrowserCredential(options);
    }

    private static DeviceCodeCredential DeviceCode(MlConnectionRequest request, Uri authority, IMlOperationContext context)
    {
        DeviceCodeCredentialOptions options = new()
        {
            AuthorityHost = authority,
            TenantId = request.TenantId,
            DeviceCodeCallback = (code, _) =>
            {
                // A warning, since it must be seen whatever the preferences for information are.
                context.Warning(code.Message);
                return Task.CompletedTask;
            },
        };
        if (request.ClientId is { } client)
        {
            options.ClientId = client;
        }

        return new DeviceCodeCredential(options);
    }

    private static MlConnectionException Missing(MlAuthType type, string what) => new(
        MlErrorIds.AuthenticationFailed, $"Signing in by {type} needs {what}.", MlErrorCategory.InvalidArgument)
    {
        IsTerminating = true,
        Target = type.ToString(),
        RecommendedAction = $"Give {what} to Connect-MlWorkspace.",
    };
}
