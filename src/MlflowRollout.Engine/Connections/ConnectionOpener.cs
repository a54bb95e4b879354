using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Opens sessions and verifies them by reading the workspace.</summary>
/// <param name="timeProvider">Clock.</param>
/// <param name="random">Source of jitter.</param>
/// <param name="environment">Environment variables.</param>
/// <param name="cloudHandler">Makes what carries the calls to the cloud and to those that sign in; null for the machine's network.</param>
internal sealed class ConnectionOpener(TimeProvider timeProvider, Random random, Func<string, string?> environment, Func<HttpMessageHandler>? cloudHandler = null)
{
    /// <summary>A verified session and the workspace that it leads to.</summary>
    internal sealed record Opened(ConnectionSession Session, MlWorkspace Workspace, string Key);

    /// <summary>Opens a session to a workspace of the cloud.</summary>
    public async Task<Opened> OpenCloudAsync(MlConnectionRequest request, IMlOperationContext context, CancellationToken cancellationToken)
    {
        WorkspaceTarget target = WorkspaceTarget.Resolve(request, environment);
        CloudSettings cloud = CloudSettings.For(request.Environment);
        HttpMessageHandler? given = cloudHandler?.Invoke();
        HttpPipelineTransport? transport = given is null ? null : new HttpClientTransport(new HttpClient(given, disposeHandler: false));
        TokenCredential credential = new CredentialFactory(cloud, context, transport).Create(request);
        ConnectionSession session = new(credential, given ?? HandlerFactory.CreateForCloud(), cloud, isEmulator: false, timeProvider, random);
        try
        {
            AccessToken token = await session.GetTokenAsync([cloud.ArmAudience + "/.default"], cancellationToken).ConfigureAwait(false);
            string account = TokenClaims.Read(token.Token).Account ?? request.ClientId ?? request.AuthType.ToString();
            string id = MachineLearningWorkspaceResource.CreateResourceIdentifier(target.SubscriptionId, target.ResourceGroupName, target.WorkspaceName).ToString();
            MlWorkspace workspace = await VerifyAsync(session, id, MlWorkspaceKind.Azure, account, cancellationToken).ConfigureAwait(false);
            return new Opened(session, workspace, $"{cloud.ArmEndpoint}|{workspace.Id}|{account}".ToUpperInvariant());
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Opens a session to an emulator.</summary>
    public async Task<Opened> OpenEmulatorAsync(EmulatorFile file, CancellationToken cancellationToken)
    {
        ConnectionSession session = new(
            StaticCredential.From(Secret.From(file.Token)),
            HandlerFactory.CreateForEmulator(file.ArmEndpoint, file.CaCertificate),
            CloudSettings.ForEmulator(file.ArmEndpoint),
            isEmulator: true,
            timeProvider,
            random);
        try
        {
            MlWorkspace workspace = await VerifyAsync(session, file.WorkspaceId, MlWorkspaceKind.Emulator, "emulator", cancellationToken).ConfigureAwait(false);
            return new Opened(session, workspace, $"emulator|{file.DataFolder ?? file.Path}|{workspace.Id}".ToUpperInvariant());
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static async Task<MlWorkspace> VerifyAsync(
        ConnectionSession session, string id, MlWorkspaceKind kind, string account, CancellationToken cancellationToken)
    {
        ResourceIdentifier identifier = new(id);
        JsonObject body = await new MachineLearningWorkspaceResource(session.Client, identifier).GetIfExistsAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new MlConnectionException(
                MlErrorIds.WorkspaceNotFound,
                $"There is no workspace '{identifier.Name}' in resource group '{identifier.ResourceGroupName}' of subscription {identifier.SubscriptionId} that {account} may see.",
                MlErrorCategory.ObjectNotFound)
            {
                IsTerminating = true,
                Target = identifier.Name,
                RecommendedAction = "Check the three names, the cloud (-Environment) and the signed-in account.",
            };
        return new MlWorkspace
        {
            Name = identifier.Name,
            Kind = kind,
            Account = account,
            SubscriptionId = identifier.SubscriptionId!,
            ResourceGroupName = identifier.ResourceGroupName!,
            Location = body.Text("location") ?? string.Empty,
            ArmEndpoint = session.Cloud.ArmEndpoint,
            Id = id,
        };
    }
}
