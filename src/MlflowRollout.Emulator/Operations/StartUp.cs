using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>Brings back what the last process served, then resumes what it had not finished.</summary>
internal sealed class StartUp(
    EmulatorContext context,
    EndpointFleet fleet,
    IServingPlane plane,
    DeploymentProvisioner provisioner,
    OperationRunner runner,
    Action<IReadOnlySet<string>> sweep)
{
    private readonly ConcurrentBag<string> _served = [];

    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var stored = context.Database.Read(connection => (
            Endpoints: ResourceTable.List(connection, ResourceKind.Endpoint)
                .Select(endpoint => (Endpoint: endpoint, Keys: EndpointKeyTable.Find(connection, endpoint.Key)))
                .ToList(),
            Deployments: ResourceTable.ListAll(connection, ResourceKind.Deployment),
            Operations: OperationTable.ListRunning(connection)));
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach ((ResourceRecord endpoint, EndpointKeys? keys) in stored.Endpoints)
        {
            if (endpoint.Live is { } live && keys is not null)
            {
                names.Add(endpoint.Key, endpoint.Name);
                fleet.Apply(endpoint.Key, endpoint.Name, live, keys);
            }
        }

        await Task.WhenAll(stored.Deployments
            .Where(deployment => deployment.Live is not null && names.ContainsKey(deployment.Parent))
            .Select(deployment => StartAsync(deployment, names[deployment.Parent], cancellationToken)));
        sweep(new HashSet<string>(_served, StringComparer.Ordinal));
        foreach (OperationRecord operation in stored.Operations)
        {
            runner.Start(operation);
        }
    }

    private async Task StartAsync(ResourceRecord deployment, string endpointName, CancellationToken cancellationToken)
    {
        JsonObject live = deployment.Live!;
        try
        {
            DeploymentSpecification specification = await provisioner.ResolveAsync(endpointName, deployment.Name, live, cancellationToken);
            IRunningDeployment running = await plane.StartAsync(specification, cancellationToken);
            fleet.Swap(deployment.Parent, deployment.Key, running);
            _served.Add(specification.ModelFolder!);

            // It may have failed at an earlier start, for a reason that is gone.
            if (deployment.State == ProvisioningStates.Failed && JsonNode.DeepEquals(deployment.Body, live))
            {
                await SetStateAsync(deployment, ProvisioningStates.Succeeded, cancellationToken);
            }
        }
        catch (DeploymentStartException exception)
        {
            await Console.Error.WriteLineAsync($"The deployment {endpointName}/{deployment.Name} did not start again: ({exception.Code}) {exception.Message}");
            if (ProvisioningStates.IsFinal(deployment.State))
            {
                await SetStateAsync(deployment, ProvisioningStates.Failed, cancellationToken);
            }
        }
    }

    private Task SetStateAsync(ResourceRecord deployment, string state, CancellationToken cancellationToken) =>
        context.Database.WriteAsync(
            connection =>
            {
                if (ResourceTable.Find(connection, deployment.Kind, deployment.Parent, deployment.Key) is { } current)
                {
                    ResourceTable.Update(connection, current with { State = state });
                }
            },
            cancellationToken);
}
