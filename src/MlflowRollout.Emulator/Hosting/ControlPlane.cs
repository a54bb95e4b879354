using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Arm.Computes;
using MlflowRollout.Emulator.Arm.Datastores;
using MlflowRollout.Emulator.Arm.Deployments;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Arm.Metrics;
using MlflowRollout.Emulator.Arm.Models;
using MlflowRollout.Emulator.Arm.OperationStatus;
using MlflowRollout.Emulator.Arm.Packages;
using MlflowRollout.Emulator.Arm.Registries;
using MlflowRollout.Emulator.Arm.Workspaces;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Storage;
using MlflowRollout.Emulator.Storage.Api;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>The control plane's parts, put together by hand: a container would only cost time at the start.</summary>
internal sealed class ControlPlane : IDisposable
{
    private readonly EndpointTokens _tokens;
    private readonly ModelMaterializer _materializer;
    private readonly EndpointFleet _fleet;
    private readonly OperationRunner _runner;
    private readonly StartUp _startUp;
    private readonly ContentCheck _check;
    private readonly CancellationTokenSource _stopping = new();
    private Task _checking = Task.CompletedTask;

    public ControlPlane(EmulatorContext context, DataFolder folder, OperationPace pace, IServingPlane plane, IMetricsReader metrics, MetricDelay metricDelay)
    {
        Context = context;
        BearerToken bearer = new(context.Identity.Token);
        FaultBoard faults = new();
        RequestJournal journal = new();
        ContentStore content = new(folder.Content, folder.Work);
        _check = new ContentCheck(context.Database, content, folder.Models, folder.Work);
        _tokens = new EndpointTokens(folder.Tls, context.Time);
        _fleet = new EndpointFleet(plane, (endpoint, mode, token) =>
            _tokens.IsValid(endpoint, token) || (mode == EndpointAuthMode.AadToken && bearer.IsValid(token)));
        _materializer = new ModelMaterializer(content, folder.Models, folder.Work);
        DeploymentProvisioner provisioner = new(context, _materializer);
        AssetOperationExecutor assets = new(context);
        _runner = new OperationRunner(context, pace, faults, new OperationExecutor(context, _fleet, plane, provisioner, assets));
        _startUp = new StartUp(context, _fleet, plane, provisioner, _runner, served => StorageSweep.Run(context.Database, folder.Content, folder.Models, served));
        Blobs = new BlobService(context, bearer, content, faults, journal);
        Arm = new ArmRouter(
            context,
            bearer,
            faults,
            journal,
            [
                .. new WorkspaceRoutes(context).All,
                .. new DatastoreRoutes(context).All,
                .. AssetCollection.OfWorkspace.SelectMany(collection => new AssetContainerRoutes(context, collection).All),
                .. AssetCollection.OfWorkspace.SelectMany(collection => new AssetVersionRoutes(context, collection).All),
                .. new PublishRoutes(context, _runner).All,
                .. new PackageRoutes(context, AssetCollection.Models, _runner).All,
                .. new PendingUploadRoutes(context, AssetCollection.Codes).All,
                .. new RegistryRoutes(context).All,
                .. AssetCollection.OfRegistry.SelectMany(collection => new RegistryAssetRoutes(context, collection, _runner).All),
                .. new PackageRoutes(context, AssetCollection.RegistryModels, _runner).All,
                .. new PendingUploadRoutes(context, AssetCollection.RegistryModels).All,
                .. new PendingUploadRoutes(context, AssetCollection.RegistryCodes).All,
                .. new DataReferenceRoutes(context).All,
                .. new ComputeRoutes(context).All,
                .. new EndpointRoutes(context, _runner, faults).All,
                .. new EndpointCredentialRoutes(context, _runner, _tokens).All,
                .. new DeploymentRoutes(context, _runner, faults).All,
                .. new DeploymentActionRoutes(context, plane).All,
                .. new MetricRoutes(context, metrics, metricDelay).All,
                .. new OperationStatusRoutes(context, _runner, assets).All,
                .. new AdministrativeRoutes(faults, journal, context.Database, context.Lifetime).All,
            ]);
    }

    public EmulatorContext Context { get; }

    public ArmRouter Arm { get; }

    public BlobService Blobs { get; }

    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await _check.CheckLengthsAsync(cancellationToken);
        await _startUp.RestoreAsync(cancellationToken);
        _checking = Task.Run(() => _check.CheckHashesAsync(_stopping.Token), cancellationToken);
    }

    /// <summary>Leaves operations for the next start and drains what serves.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _checking.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await _runner.DisposeAsync();
        await _fleet.StopAsync();
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _materializer.Dispose();
        _stopping.Dispose();
    }
}
