using System.Collections.Concurrent;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Faults;
using MlflowRollout.Emulator.Serving.Onnx;
using MlflowRollout.Emulator.Serving.Python;

namespace MlflowRollout.Emulator.Serving;

/// <summary>The data plane: what runs, where requests go, what was logged and counted.</summary>
internal sealed class ServingPlane : IServingPlane, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, EndpointSnapshot> _endpoints = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Endpoint, string Deployment), DeploymentLogs> _logs = new(NamePairComparer.Instance);
    private readonly ConcurrentDictionary<RunningDeployment, byte> _running = new();
    private readonly IReadOnlyList<IModelServerFactory> _factories;
    private readonly OnnxSessionCache? _ownedSessions;
    private readonly PythonServing? _ownedPython;
    private readonly MetricsStore _metrics = new();

    /// <param name="time">The clock of everything here.</param>
    /// <param name="random">Draws of traffic and mirroring; null for one generator a thread.</param>
    /// <param name="factories">Model servers in order of preference; null for those of this version.</param>
    /// <param name="python">The Python interpreter to try first; null to search from the PATH on.</param>
    public ServingPlane(TimeProvider time, IRandomSource? random = null, IReadOnlyList<IModelServerFactory>? factories = null, string? python = null)
    {
        Time = time;
        Random = random ?? new ThreadRandomSource();
        if (factories is null)
        {
            _ownedSessions = new OnnxSessionCache();
            _ownedPython = new PythonServing(python, time);
            factories = [new OnnxModelServerFactory(_ownedSessions), .. _ownedPython.Factories];
        }

        _factories = factories;
    }

    /// <summary>What was counted, for the metrics API.</summary>
    public IMetricsReader Metrics => _metrics;

    internal TimeProvider Time { get; }

    internal IRandomSource Random { get; }

    public async Task<IRunningDeployment> StartAsync(DeploymentSpecification specification, CancellationToken cancellationToken)
    {
        var logs = _logs.GetOrAdd((specification.EndpointName, specification.DeploymentName), _ => new DeploymentLogs(Time));
        try
        {
            var running = await StartServerAsync(specification, logs, cancellationToken).ConfigureAwait(false);
            _running.TryAdd(running, 0);
            return running;
        }
        catch (DeploymentStartException failure)
        {
            logs.InferenceServer.Write('E', failure.Message);
            throw;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logs.InferenceServer.Write('E', failure.ToString());
            throw new DeploymentStartException(StartFailure.NotReady, StartFailure.Crashed(failure.Message), failure);
        }
    }

    public void Publish(EndpointRoute route) => _endpoints[route.EndpointName] = new EndpointSnapshot(route);

    public void Unpublish(string endpointName)
    {
        _endpoints.TryRemove(endpointName, out _);
        _metrics.Forget(endpointName);
    }

    public string GetLog(string endpointName, string deploymentName, DeploymentContainer container, int tail)
    {
        if (!_logs.TryGetValue((endpointName, deploymentName), out var logs))
        {
            return string.Empty;
        }

        return (container == DeploymentContainer.InferenceServer ? logs.InferenceServer : logs.StorageInitializer).Read(tail);
    }

    public void RecordFailure(string endpointName, string deploymentName, string message)
    {
        DeploymentLogs logs = _logs.GetOrAdd((endpointName, deploymentName), _ => new DeploymentLogs(Time));
        logs.StorageInitializer.Write('E', $"Not started: {message}");
        logs.InferenceServer.Write('E', $"Not started: {message}");
    }

    public void ForgetLog(string endpointName, string deploymentName) => _logs.TryRemove((endpointName, deploymentName), out _);

    /// <summary>The newest snapshot of an endpoint.</summary>
    internal EndpointSnapshot? Find(string endpointName) => _endpoints.GetValueOrDefault(endpointName);

    /// <summary>The counters of requests that reach no deployment of an endpoint.</summary>
    internal DeploymentMetrics Unrouted(string endpointName) => _metrics.Of(endpointName, string.Empty);

    /// <summary>Drains and ends every deployment that still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        _endpoints.Clear();
        foreach (var running in _running.Keys)
        {
            await running.DisposeAsync().ConfigureAwait(false);
        }

        _running.Clear();
        _ownedSessions?.Dispose();
        _ownedPython?.Dispose();
    }

    private async Task<RunningDeployment> StartServerAsync(DeploymentSpecification specification, DeploymentLogs logs, CancellationToken cancellationToken)
    {
        var log = logs.InferenceServer;
        log.Write('I', $"Starting deployment '{specification.DeploymentName}' of endpoint '{specification.EndpointName}'");
        var settings = EmulatorSettings.Parse(specification.EnvironmentVariables);
        if (specification.ModelFolder is null)
        {
            settings.ThrowIfStartFails(log);
            throw new DeploymentStartException(
                StartFailure.BadArgument,
                "The deployment names no model. The emulator serves MLflow models without code: give the deployment a registered MLflow model.");
        }

        logs.StorageInitializer.Write('I', $"Initializing, args: src_uri [{specification.ModelId}] dest_path [/var/azureml-app/azureml-models]");
        MlflowModel model;
        try
        {
            model = MlflowModel.Load(specification.ModelFolder);
        }
        catch (ModelFormatException failure)
        {
            logs.StorageInitializer.Write('E', failure.Message);
            throw new DeploymentStartException(StartFailure.BadArgument, $"The model {specification.ModelText} cannot be served: {failure.Message}", failure);
        }

        logs.StorageInitializer.Write('I', $"Successfully copied the model; flavors: {string.Join(", ", model.Flavors.Keys)}");

        // As in the service, a container that crashes does so when its model has been fetched.
        settings.ThrowIfStartFails(log);
        var factory = FlavorChoice.Choose(model, _factories, settings.Flavor, specification.ModelText);
        var context = new ModelServerContext(specification, model, log, Time);
        var server = await factory.StartAsync(context, cancellationToken).ConfigureAwait(false);
        if (settings.InjectsFaults)
        {
            log.Write('W', settings.DescribeFaults());
            server = new FaultingModelServer(server, settings, Time, Random);
        }

        log.Write('I', "AzureML Inference HTTP server is ready: GET / 200");
        return new RunningDeployment(specification, server, log, _metrics.Of(specification.EndpointName, specification.DeploymentName), ended => _running.TryRemove(ended, out _));
    }

    /// <summary>The logs of a deployment's two containers, over all its starts.</summary>
    private sealed class DeploymentLogs(TimeProvider time)
    {
        public ContainerLog InferenceServer { get; } = new(time, "azmlinfsrv", 7);

        public ContainerLog StorageInitializer { get; } = new(time, "storage-initializer", 1);
    }

    private sealed class NamePairComparer : IEqualityComparer<(string Endpoint, string Deployment)>
    {
        public static readonly NamePairComparer Instance = new();

        public bool Equals((string Endpoint, string Deployment) x, (string Endpoint, string Deployment) y)
            => StringComparer.OrdinalIgnoreCase.Equals(x.Endpoint, y.Endpoint) && StringComparer.OrdinalIgnoreCase.Equals(x.Deployment, y.Deployment);

        public int GetHashCode((string Endpoint, string Deployment) pair)
            => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(pair.Endpoint), StringComparer.OrdinalIgnoreCase.GetHashCode(pair.Deployment));
    }
}
