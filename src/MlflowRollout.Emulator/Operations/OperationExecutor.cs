using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>What each kind of operation does. Each may be run again after a crash at any point of it.</summary>
internal sealed class OperationExecutor(EmulatorContext context, EndpointFleet fleet, IServingPlane plane, DeploymentProvisioner provisioner, AssetOperationExecutor assets)
{
    public Task ExecuteAsync(OperationRecord operation, OperationRunner runner, CancellationToken cancellationToken) => operation.Kind switch
    {
        OperationKind.EndpointPut or OperationKind.EndpointPatch or OperationKind.KeyRegeneration => ApplyEndpointAsync(operation, cancellationToken),
        OperationKind.EndpointDelete => DeleteEndpointAsync(operation, runner, cancellationToken),
        OperationKind.DeploymentPut or OperationKind.DeploymentPatch => ApplyDeploymentAsync(operation, cancellationToken),
        OperationKind.DeploymentDelete => DeleteDeploymentAsync(operation, runner, cancellationToken),
        _ when AssetOperationExecutor.Knows(operation.Kind) => assets.ExecuteAsync(operation, cancellationToken),
        _ => throw new InvalidOperationException($"There is no operation {operation.Kind}."),
    };

    /// <summary>Stores that an operation did not succeed; its resource stays and says so.</summary>
    public async Task FailAsync(OperationRecord operation)
    {
        if (AssetOperationExecutor.Knows(operation.Kind))
        {
            await assets.FailAsync(operation);
            return;
        }

        await context.Database.WriteAsync(
            connection =>
            {
                OperationTable.Finish(connection, operation);
                ResourceRecord? resource = Find(connection, operation);
                if (resource is not null && resource.Operation == operation.Id)
                {
                    string state = operation.Status == OperationStatus.Canceled ? ProvisioningStates.Canceled : ProvisioningStates.Failed;
                    ResourceTable.Update(connection, resource with { State = state, Body = BodyAfterFailure(operation, resource), ModifiedAt = context.Now });
                }
            },
            CancellationToken.None);
    }

    /// <summary>A failed change of an endpoint leaves the weights that are in effect; a failed deployment shows what was asked.</summary>
    private static JsonObject BodyAfterFailure(OperationRecord operation, ResourceRecord resource) =>
        operation.Deployment is null && resource.Live is { } live ? live : resource.Body;

    private async Task ApplyEndpointAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        (ResourceRecord endpoint, EndpointKeys keys) = context.Database.Read(connection => (
            Find(connection, operation) ?? throw Gone(operation),
            EndpointKeyTable.Find(connection, operation.Endpoint) ?? throw Gone(operation)));
        cancellationToken.ThrowIfCancellationRequested();

        // Effective first, stored then: who reads Succeeded can rely on it. A crash between the two does both again.
        fleet.Apply(operation.Endpoint, endpoint.Name, endpoint.Body, keys);
        await FinishAsync(operation);
    }

    private async Task DeleteEndpointAsync(OperationRecord operation, OperationRunner runner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await runner.OvertakeAsync(operation.Endpoint, null, operation.Id);
        await DrainAsync(fleet.Remove(operation.Endpoint));
        List<string> deployments = [];
        string name = operation.Endpoint;
        await context.Database.WriteAsync(
            connection =>
            {
                name = Find(connection, operation)?.Name ?? name;
                deployments = [.. ResourceTable.List(connection, ResourceKind.Deployment, operation.Endpoint).Select(deployment => deployment.Name)];
                ResourceTable.DeleteChildren(connection, ResourceKind.Deployment, operation.Endpoint);
                ResourceTable.Delete(connection, ResourceKind.Endpoint, string.Empty, operation.Endpoint);
                EndpointKeyTable.Delete(connection, operation.Endpoint);
                OperationTable.Finish(connection, Succeeded(operation));
            },
            CancellationToken.None);
        foreach (string deployment in deployments)
        {
            plane.ForgetLog(name, deployment);
        }
    }

    private async Task ApplyDeploymentAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        string key = operation.Deployment!;
        (ResourceRecord endpoint, ResourceRecord deployment) = context.Database.Read(connection => (
            ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, operation.Endpoint) ?? throw Gone(operation),
            Find(connection, operation) ?? throw Gone(operation)));
        DeploymentSpecification specification;
        try
        {
            specification = await provisioner.ResolveAsync(endpoint.Name, deployment.Name, deployment.Body, cancellationToken);
        }
        catch (DeploymentStartException failure)
        {
            plane.RecordFailure(endpoint.Name, deployment.Name, failure.Message);
            throw;
        }

        IRunningDeployment? current = fleet.Find(operation.Endpoint, key);
        if (current is not null && DeploymentProvisioner.IsSame(current.Specification, specification))
        {
            await FinishAsync(operation);
            return;
        }

        // The new server answers before the old one goes, so no request finds neither.
        IRunningDeployment next = await plane.StartAsync(specification, cancellationToken);
        IRunningDeployment? before = null;
        bool swapped = false;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            before = fleet.Swap(operation.Endpoint, key, next);
            swapped = true;
            await FinishAsync(operation);
        }
        catch (OperationFailedException) when (swapped)
        {
            // Deleted at the same moment: what has just started must not answer for a deployment that is gone.
            fleet.DrainLater(fleet.Swap(operation.Endpoint, key, null));
            throw;
        }
        finally
        {
            fleet.DrainLater(swapped ? before : next);
        }
    }

    private async Task DeleteDeploymentAsync(OperationRecord operation, OperationRunner runner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string key = operation.Deployment!;
        await runner.OvertakeAsync(operation.Endpoint, key, operation.Id);
        if (fleet.Swap(operation.Endpoint, key, null) is { } running)
        {
            await DrainAsync([running]);
        }

        (string Endpoint, string Deployment)? names = null;
        await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, operation.Endpoint);
                ResourceRecord? deployment = Find(connection, operation);
                if (endpoint is not null && deployment is not null)
                {
                    names = (endpoint.Name, deployment.Name);
                    ResourceTable.Update(connection, WithoutWeights(endpoint, deployment.Name));
                }

                ResourceTable.Delete(connection, ResourceKind.Deployment, operation.Endpoint, key);
                OperationTable.Finish(connection, Succeeded(operation));
            },
            CancellationToken.None);
        if (names is { } gone)
        {
            plane.ForgetLog(gone.Endpoint, gone.Deployment);
        }
    }

    /// <summary>Its weights are zero by now, and a map must not name what is no longer there.</summary>
    private static ResourceRecord WithoutWeights(ResourceRecord endpoint, string deployment)
    {
        foreach (JsonObject? body in new[] { endpoint.Body, endpoint.Live })
        {
            foreach (string map in new[] { "traffic", "mirrorTraffic" })
            {
                (body?["properties"]?[map] as JsonObject)?.Remove(deployment);
            }
        }

        return endpoint;
    }

    private async Task FinishAsync(OperationRecord operation) =>
        await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord resource = Find(connection, operation) ?? throw Gone(operation);

                // A deletion may have been accepted meanwhile; the resource's state is then its.
                if (resource.Operation == operation.Id)
                {
                    ResourceTable.Update(
                        connection,
                        resource with { State = ProvisioningStates.Succeeded, Live = resource.Body, ModifiedAt = context.Now });
                }

                OperationTable.Finish(connection, Succeeded(operation));
            },
            CancellationToken.None);

    private static async Task DrainAsync(IReadOnlyList<IRunningDeployment> running) =>
        await Task.WhenAll(running.Select(deployment => deployment.DisposeAsync().AsTask()));

    private static ResourceRecord? Find(SqliteConnection connection, OperationRecord operation) =>
        operation.Deployment is { } deployment
            ? ResourceTable.Find(connection, ResourceKind.Deployment, operation.Endpoint, deployment)
            : ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, operation.Endpoint);

    private OperationRecord Succeeded(OperationRecord operation) => operation with { Status = OperationStatus.Succeeded, EndedAt = context.Now };

    private static OperationFailedException Gone(OperationRecord operation) =>
        new("ResourceNotFound", $"The resource of the operation is gone: {operation.Endpoint}{(operation.Deployment is null ? string.Empty : "/" + operation.Deployment)}.");
}
