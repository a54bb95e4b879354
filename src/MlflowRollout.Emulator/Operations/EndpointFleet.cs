using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>
/// What runs now: for each endpoint its model servers and the settings that its requests are routed by. Every change
/// publishes one new snapshot, so that a request sees the endpoint either before or after it.
/// </summary>
internal sealed class EndpointFleet(IServingPlane plane, Func<string, EndpointAuthMode, string, bool> tokenIsValid)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, RoutedEndpoint> _endpoints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _draining = new();

    /// <summary>Makes settings effective: authentication, weights and keys.</summary>
    public void Apply(string endpointKey, string name, JsonObject live, EndpointKeys keys)
    {
        lock (_gate)
        {
            if (!_endpoints.TryGetValue(endpointKey, out RoutedEndpoint? endpoint))
            {
                endpoint = new RoutedEndpoint(name);
                _endpoints.Add(endpointKey, endpoint);
            }

            endpoint.AuthMode = live["properties"]!["authMode"]!.GetValue<string>() switch
            {
                "AMLToken" => EndpointAuthMode.AmlToken,
                "AADToken" => EndpointAuthMode.AadToken,
                _ => EndpointAuthMode.Key,
            };
            endpoint.Traffic = TrafficMap.ReadStored(live, "traffic");
            endpoint.Mirror = TrafficMap.ReadStored(live, "mirrorTraffic");
            endpoint.Keys = keys;
            Publish(endpoint);
        }
    }

    public IRunningDeployment? Find(string endpointKey, string deploymentKey)
    {
        lock (_gate)
        {
            return _endpoints.GetValueOrDefault(endpointKey)?.Running.GetValueOrDefault(deploymentKey);
        }
    }

    /// <summary>Routes to another server of a deployment, or to none, and gives the one before. The caller drains that.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is not there (any more).</exception>
    public IRunningDeployment? Swap(string endpointKey, string deploymentKey, IRunningDeployment? next)
    {
        lock (_gate)
        {
            if (!_endpoints.TryGetValue(endpointKey, out RoutedEndpoint? endpoint))
            {
                return next is null ? null : throw new InvalidOperationException($"The endpoint '{endpointKey}' is not routed.");
            }

            endpoint.Running.Remove(deploymentKey, out IRunningDeployment? before);
            if (next is not null)
            {
                endpoint.Running.Add(deploymentKey, next);
            }

            Publish(endpoint);
            return before;
        }
    }

    /// <summary>Takes an endpoint off and gives its servers, which the caller drains.</summary>
    public IReadOnlyList<IRunningDeployment> Remove(string endpointKey)
    {
        lock (_gate)
        {
            if (!_endpoints.Remove(endpointKey, out RoutedEndpoint? endpoint))
            {
                return [];
            }

            plane.Unpublish(endpoint.Name);
            return [.. endpoint.Running.Values];
        }
    }

    /// <summary>Drains a server that has been replaced without holding up what replaced it.</summary>
    public void DrainLater(IRunningDeployment? before)
    {
        if (before is not null)
        {
            Task drain = DrainAsync(before);
            _draining.TryAdd(drain, 0);
            _ = drain.ContinueWith(done => _draining.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Drains and ends everything, at the end of the process.</summary>
    public async Task StopAsync()
    {
        List<IRunningDeployment> all = [];
        lock (_gate)
        {
            foreach (RoutedEndpoint endpoint in _endpoints.Values)
            {
                plane.Unpublish(endpoint.Name);
                all.AddRange(endpoint.Running.Values);
            }

            _endpoints.Clear();
        }

        await Task.WhenAll([.. all.Select(DrainAsync), .. _draining.Keys]);
    }

    private static async Task DrainAsync(IRunningDeployment deployment)
    {
        try
        {
            await deployment.DisposeAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync(
                $"Ending the model server of {deployment.Specification.EndpointName}/{deployment.Specification.DeploymentName} failed: {exception.Message}");
        }
    }

    private void Publish(RoutedEndpoint endpoint)
    {
        string name = endpoint.Name;
        EndpointAuthMode mode = endpoint.AuthMode;
        plane.Publish(new EndpointRoute(
            name,
            mode,
            endpoint.Keys.Primary,
            endpoint.Keys.Secondary,
            token => tokenIsValid(name, mode, token),
            [
                .. endpoint.Running.Values.Select(running => new DeploymentRoute(
                    running,
                    endpoint.Traffic.GetValueOrDefault(running.Specification.DeploymentName),
                    endpoint.Mirror.GetValueOrDefault(running.Specification.DeploymentName))),
            ]));
    }

    private sealed class RoutedEndpoint(string name)
    {
        public string Name { get; } = name;

        public EndpointAuthMode AuthMode { get; set; }

        public Dictionary<string, int> Traffic { get; set; } = [];

        public Dictionary<string, int> Mirror { get; set; } = [];

        public EndpointKeys Keys { get; set; } = new(string.Empty, string.Empty);

        public SortedDictionary<string, IRunningDeployment> Running { get; } = new(StringComparer.Ordinal);
    }
}
