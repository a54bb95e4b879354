using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Metrics;

namespace MlflowRollout.Emulator.Serving;

/// <summary>A started deployment: its model server, its admission, its log and its counters.</summary>
internal sealed class RunningDeployment : IRunningDeployment
{
    private readonly object _disposing = new();
    private readonly Action<RunningDeployment>? _ended;
    private Task? _disposal;

    public RunningDeployment(
        DeploymentSpecification specification,
        IModelServer server,
        ContainerLog log,
        DeploymentMetrics metrics,
        Action<RunningDeployment>? ended = null)
    {
        _ended = ended;
        Specification = specification;
        Server = server;
        Log = log;
        Metrics = metrics;
        Gate = new AdmissionGate(checked(specification.InstanceCount * specification.MaxConcurrentRequestsPerInstance));
    }

    public DeploymentSpecification Specification { get; }

    public string Name => Specification.DeploymentName;

    public IModelServer Server { get; }

    public AdmissionGate Gate { get; }

    public ContainerLog Log { get; }

    public DeploymentMetrics Metrics { get; }

    /// <summary>Takes nothing new, lets what was admitted finish, then ends the server. Safe to call twice.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            _disposal ??= DrainAsync();
            return new ValueTask(_disposal);
        }
    }

    private async Task DrainAsync()
    {
        await Gate.CloseAsync().ConfigureAwait(false);
        await Server.DisposeAsync().ConfigureAwait(false);
        Log.Write('I', "Shut down. No request was waiting.");
        _ended?.Invoke(this);
    }
}
