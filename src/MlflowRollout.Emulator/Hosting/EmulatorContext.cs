using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>What every part of the control plane needs to know about this run.</summary>
/// <param name="BaseUri">Address without a slash at its end; every URL in an answer starts with it.</param>
/// <param name="Lifetime">Says when the process starts to end (held answers are then given at once), and ends it.</param>
internal sealed record EmulatorContext(
    WorkspaceIdentity Identity,
    Database Database,
    string BaseUri,
    TimeProvider Time,
    bool Loose,
    IHostApplicationLifetime Lifetime)
{
    public CancellationToken Stopping => Lifetime.ApplicationStopping;

    public string BlobEndpoint => $"{BaseUri}/{Identity.StorageAccount}";

    public string ScoringUri(string endpoint, bool kubernetes) => $"{DataPlane(endpoint, kubernetes)}/score";

    public string SwaggerUri(string endpoint, bool kubernetes) => $"{DataPlane(endpoint, kubernetes)}/swagger.json";

    public DateTimeOffset Now => Time.GetUtcNow();

    private string DataPlane(string endpoint, bool kubernetes) => $"{BaseUri}{(kubernetes ? GatewayRoutes.KubernetesPrefix : GatewayRoutes.ManagedPrefix)}/{endpoint}";
}
