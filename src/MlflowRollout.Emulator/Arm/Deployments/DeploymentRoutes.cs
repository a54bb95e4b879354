using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Computes;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>Online deployments: list, read, create, change, delete.</summary>
internal sealed class DeploymentRoutes(EmulatorContext context, OperationRunner runner, FaultBoard faults)
{
    private const int LargestDeploymentCount = 20;
    private const int LargestClusterCount = 100;

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Endpoint + "/deployments", List),
        new("GET", ArmPaths.Deployment, Get),
        new("PUT", ArmPaths.Deployment, PutAsync),
        new("PATCH", ArmPaths.Deployment, PatchAsync),
        new("DELETE", ArmPaths.Deployment, DeleteAsync),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        (ResourceRecord endpoint, List<ResourceRecord> all) = context.Database.Read(connection =>
        {
            ResourceRecord endpoint = EndpointLookup.Require(connection, request.Route("endpoint"));
            return (endpoint, ResourceTable.List(connection, ResourceKind.Deployment, endpoint.Key));
        });
        all = request.Query("$orderBy")?.ToUpperInvariant() switch
        {
            null or "" or "CREATEDATASC" or "CREATEDTIME" or "CREATEDTIME ASC" => all,
            "CREATEDATDESC" or "CREATEDTIME DESC" => [.. all.OrderByDescending(deployment => deployment.Sequence)],
            "UPDATEDATASC" => [.. all.OrderBy(deployment => deployment.ModifiedAt)],
            "UPDATEDATDESC" => [.. all.OrderByDescending(deployment => deployment.ModifiedAt)],
            _ => throw ArmErrors.InvalidContent($"The query parameter '$orderBy' must be CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc, not '{request.Query("$orderBy")}'.", "$orderBy"),
        };
        return Task.FromResult(ArmPaging.Page(request, context, all, "$top", 100, deployment => DeploymentView.Render(deployment, endpoint.Name, context, request.ApiVersion)));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        (ResourceRecord endpoint, ResourceRecord deployment) = DeploymentLookup.Require(context, request);
        TimeSpan hidden = faults.HiddenAfterCreate(request.Http.Request.Path.Value ?? string.Empty);
        return hidden > TimeSpan.Zero && context.Now - deployment.CreatedAt < hidden
            ? throw DeploymentLookup.Missing(context, endpoint, deployment.Name)
            : Task.FromResult(ArmReply.Ok(DeploymentView.Render(deployment, endpoint.Name, context, request.ApiVersion)));
    }

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string name = request.Route("deployment");
        string key = ResourceNames.Key(name);
        JsonObject source = await request.ReadObjectAsync();
        string? fault = FaultBoard.ForOperation(request.Http);
        (ResourceRecord endpoint, ResourceRecord deployment, OperationRecord operation) = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord endpoint = EndpointLookup.Require(connection, request.Route("endpoint"));
                RefuseWhileEndpointBusy(endpoint);
                ResourceRecord? before = ResourceTable.Find(connection, ResourceKind.Deployment, endpoint.Key, key);
                RefuseWhileBusy(endpoint, before);
                JsonObject body = DeploymentBody.Normalize(before?.Name ?? name, source, endpoint, before);
                CheckNew(connection, endpoint, before, name);
                DeploymentAssets.Check(connection, context, body);
                string state = before?.Live is null ? ProvisioningStates.Creating : ProvisioningStates.Updating;
                OperationRecord operation = NewOperation(OperationKind.DeploymentPut, endpoint.Key, key, state, fault);
                ResourceRecord record;
                if (before is null)
                {
                    record = new ResourceRecord(0, ResourceKind.Deployment, endpoint.Key, key, name, state, body, null, operation.Id, context.Now, context.Now);
                    ResourceTable.Insert(connection, record);
                }
                else
                {
                    record = before with { State = state, Body = body, Operation = operation.Id, ModifiedAt = context.Now };
                    ResourceTable.Update(connection, record);
                }

                OperationTable.Insert(connection, operation);
                return (endpoint, record, operation);
            },
            request.Aborted);
        runner.Start(operation);
        return new ArmReply(201, DeploymentView.Render(deployment, endpoint.Name, context, request.ApiVersion))
        {
            Headers = OperationLinks.ForPut(context, operation.Id, DeploymentView.Id(context, endpoint.Name, deployment.Name), request.ApiVersion),
        };
    }

    private async Task<ArmReply> PatchAsync(ArmRequest request)
    {
        JsonObject source = await request.ReadObjectAsync();
        PatchBody.Check(source, "tags", "sku");
        string? fault = FaultBoard.ForOperation(request.Http);
        OperationRecord operation = await context.Database.WriteAsync(
            connection =>
            {
                (ResourceRecord endpoint, ResourceRecord before) = DeploymentLookup.Require(connection, context, request);
                RefuseWhileEndpointBusy(endpoint);
                RefuseWhileBusy(endpoint, before);
                List<(string Field, string Reason)> errors = [];
                int? capacity = DeploymentBody.Capacity(source, ComputeId.IsKubernetes(endpoint), errors);
                if (errors.Count > 0)
                {
                    throw ArmErrors.Validation(DeploymentBody.InvalidDetail, errors);
                }

                JsonObject body = before.Body.DeepClone().AsObject();
                PatchBody.MergeTags(body, source);
                JsonObject sku = body["sku"]!.AsObject();
                bool scales = capacity is { } asked && asked != sku["capacity"]!.GetValue<int>();
                sku["capacity"] = capacity ?? sku["capacity"]!.GetValue<int>();
                string state = scales ? ProvisioningStates.Scaling : ProvisioningStates.Updating;
                OperationRecord operation = NewOperation(OperationKind.DeploymentPatch, endpoint.Key, before.Key, state, fault);
                ResourceTable.Update(connection, before with { State = state, Body = body, Operation = operation.Id, ModifiedAt = context.Now });
                OperationTable.Insert(connection, operation);
                return operation;
            },
            request.Aborted);
        runner.Start(operation);
        return ArmReply.Empty(202) with { Headers = OperationLinks.ForAccepted(context, operation.Id, request.ApiVersion) };
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string key = ResourceNames.Key(request.Route("deployment"));
        string? fault = FaultBoard.ForOperation(request.Http);
        (OperationRecord? operation, string? existing) = await context.Database.WriteAsync<(OperationRecord?, string?)>(
            connection =>
            {
                ResourceRecord? endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, ResourceNames.Key(request.Route("endpoint")));
                ResourceRecord? deployment = endpoint is null ? null : ResourceTable.Find(connection, ResourceKind.Deployment, endpoint.Key, key);
                if (endpoint is null || deployment is null)
                {
                    return (null, null);
                }

                if (deployment.State == ProvisioningStates.Deleting)
                {
                    return (null, deployment.Operation);
                }

                RefuseWithTraffic(endpoint, deployment);
                OperationRecord operation = NewOperation(OperationKind.DeploymentDelete, endpoint.Key, key, ProvisioningStates.Deleting, fault);
                ResourceTable.Update(connection, deployment with { State = ProvisioningStates.Deleting, Operation = operation.Id, ModifiedAt = context.Now });
                OperationTable.Insert(connection, operation);
                return (operation, operation.Id);
            },
            request.Aborted);
        if (operation is not null)
        {
            runner.Start(operation);
        }

        return existing is null
            ? ArmReply.Empty(204)
            : new ArmReply(202, null) { Headers = OperationLinks.ForAccepted(context, existing, request.ApiVersion) };
    }

    private static void RefuseWhileEndpointBusy(ResourceRecord endpoint)
    {
        if (!ProvisioningStates.IsFinal(endpoint.State) || endpoint.Live is null)
        {
            throw ArmErrors.Conflict($"Cannot create a deployment in endpoint {endpoint.Name} because it is in {endpoint.State} provisioning state.", endpoint.Name);
        }
    }

    private static void RefuseWhileBusy(ResourceRecord endpoint, ResourceRecord? deployment)
    {
        if (deployment is not null && !ProvisioningStates.IsFinal(deployment.State))
        {
            throw ArmErrors.Conflict($"Cannot update deployment {deployment.Name} in endpoint {endpoint.Name} because it is in {deployment.State} provisioning state.", deployment.Name);
        }
    }

    /// <summary>Neither weights in effect nor weights on their way may name what is to be deleted.</summary>
    private static void RefuseWithTraffic(ResourceRecord endpoint, ResourceRecord deployment)
    {
        foreach ((string map, string kind) in new[] { ("traffic", "live"), ("mirrorTraffic", "mirrored") })
        {
            int weight = Math.Max(
                TrafficMap.ReadStored(endpoint.Body, map).GetValueOrDefault(deployment.Name),
                TrafficMap.ReadStored(endpoint.Live, map).GetValueOrDefault(deployment.Name));
            if (weight > 0)
            {
                throw ArmErrors.UserError(
                    $"Cannot delete deployment {deployment.Name} of endpoint {endpoint.Name} because it receives {weight.ToString(CultureInfo.InvariantCulture)}% of the {kind} traffic. Set its traffic to 0 first.",
                    deployment.Name);
            }
        }
    }

    private static void CheckNew(SqliteConnection connection, ResourceRecord endpoint, ResourceRecord? before, string name)
    {
        if (before is not null)
        {
            return;
        }

        if (endpoint.Properties["compute"]?.GetValue<string>() is { } compute
            && ComputeId.Endpoints(connection, compute).Sum(other => ResourceTable.List(connection, ResourceKind.Deployment, other.Key).Count) >= LargestClusterCount)
        {
            throw ArmErrors.Validation(
                DeploymentBody.InvalidDetail,
                [("Deployments", $"The compute '{compute}' has {LargestClusterCount.ToString(CultureInfo.InvariantCulture)} deployments, the most that a cluster can have. Delete one before creating '{name}'.")]);
        }

        if (ResourceTable.List(connection, ResourceKind.Deployment, endpoint.Key).Count >= LargestDeploymentCount)
        {
            throw ArmErrors.Validation(
                DeploymentBody.InvalidDetail,
                [("Deployments", $"The endpoint '{endpoint.Name}' has {LargestDeploymentCount.ToString(CultureInfo.InvariantCulture)} deployments, the most that it can have. Delete one before creating '{name}'.")]);
        }
    }

    private OperationRecord NewOperation(OperationKind kind, string endpoint, string deployment, string state, string? fault) =>
        new(OperationLinks.NewId(context, kind), kind, endpoint, deployment, state, State.OperationStatus.Running, context.Now, Fault: fault);
}
