using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Computes;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>Online endpoints: list, read, create, change, delete.</summary>
internal sealed class EndpointRoutes(EmulatorContext context, OperationRunner runner, FaultBoard faults)
{
    private const int LargestClusterCount = 60;

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace + "/onlineEndpoints", List),
        new("GET", ArmPaths.Endpoint, Get),
        new("PUT", ArmPaths.Endpoint, PutAsync),
        new("PATCH", ArmPaths.Endpoint, PatchAsync),
        new("DELETE", ArmPaths.Endpoint, DeleteAsync),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        IEnumerable<ResourceRecord> all = context.Database.Read(connection => ResourceTable.List(connection, ResourceKind.Endpoint))
            .Where(endpoint => request.Query("name") is not { Length: > 0 } name || endpoint.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Where(endpoint => request.Query("computeType") is not { Length: > 0 } type || type.Equals(ComputeType(endpoint), StringComparison.OrdinalIgnoreCase))
            .Where(endpoint => ResourceBody.HasAll(endpoint.Body["tags"] as JsonObject, request.Query("tags")))
            .Where(endpoint => ResourceBody.HasAll(endpoint.Properties["properties"] as JsonObject, request.Query("properties")));
        all = request.Query("orderBy")?.ToUpperInvariant() switch
        {
            null or "" or "CREATEDATASC" => all,
            "CREATEDATDESC" => all.OrderByDescending(endpoint => endpoint.Sequence),
            "UPDATEDATASC" => all.OrderBy(endpoint => endpoint.ModifiedAt),
            "UPDATEDATDESC" => all.OrderByDescending(endpoint => endpoint.ModifiedAt),
            _ => throw ArmErrors.InvalidContent($"The query parameter 'orderBy' must be CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc, not '{request.Query("orderBy")}'.", "orderBy"),
        };
        return Task.FromResult(ArmPaging.Page(request, context, all.ToList(), "count", 100, endpoint => EndpointView.Render(endpoint, context, request.ApiVersion)));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        ResourceRecord endpoint = EndpointLookup.Require(context, request);
        TimeSpan hidden = faults.HiddenAfterCreate(request.Http.Request.Path.Value ?? string.Empty);
        return hidden > TimeSpan.Zero && context.Now - endpoint.CreatedAt < hidden
            ? throw EndpointLookup.Missing(endpoint.Name)
            : Task.FromResult(ArmReply.Ok(EndpointView.Render(endpoint, context, request.ApiVersion)));
    }

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string name = request.Route("endpoint");
        string key = ResourceNames.Key(name);
        JsonObject source = await request.ReadObjectAsync();
        string? fault = FaultBoard.ForOperation(request.Http);
        (ResourceRecord endpoint, OperationRecord operation) = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? before = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, key);
                if (before?.State == ProvisioningStates.Deleting)
                {
                    throw ArmErrors.Validation(
                        EndpointBody.InvalidDetail,
                        [(string.Empty, "There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.")]);
                }

                EndpointLookup.RefuseWhileBusy(before, "update");
                List<ResourceRecord> deployments = ResourceTable.List(connection, ResourceKind.Deployment, key);
                JsonObject body = EndpointBody.Normalize(before?.Name ?? name, source, before, deployments, context.Identity);
                CheckCluster(connection, before, body);
                bool creates = before?.Live is null;
                string state = creates ? ProvisioningStates.Creating : ProvisioningStates.Updating;
                OperationRecord operation = NewOperation(OperationKind.EndpointPut, key, state, fault);
                ResourceRecord record;
                if (before is null)
                {
                    record = new ResourceRecord(0, ResourceKind.Endpoint, string.Empty, key, name, state, body, null, operation.Id, context.Now, context.Now);
                    ResourceTable.Insert(connection, record);
                    (string? primary, string? secondary) = EndpointBody.ReadKeys(source);
                    EndpointKeyTable.Set(connection, key, new EndpointKeys(primary ?? EndpointKeyMaker.New(), secondary ?? EndpointKeyMaker.New()));
                }
                else
                {
                    record = before with { State = state, Body = body, Operation = operation.Id, ModifiedAt = context.Now };
                    ResourceTable.Update(connection, record);
                }

                OperationTable.Insert(connection, operation);
                return (record, operation);
            },
            request.Aborted);
        runner.Start(operation);
        return new ArmReply(201, EndpointView.Render(endpoint, context, request.ApiVersion))
        {
            Headers = OperationLinks.ForPut(context, operation.Id, EndpointView.Id(context, endpoint.Name), request.ApiVersion),
        };
    }

    private async Task<ArmReply> PatchAsync(ArmRequest request)
    {
        JsonObject source = await request.ReadObjectAsync();
        PatchBody.Check(source, "tags", "identity");
        string? fault = FaultBoard.ForOperation(request.Http);
        OperationRecord operation = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord before = EndpointLookup.Require(connection, request.Route("endpoint"));
                EndpointLookup.RefuseWhileBusy(before, "update");
                JsonObject body = before.Body.DeepClone().AsObject();
                PatchBody.MergeTags(body, source);
                if (source.OptionalObject("identity", "identity") is { } identity)
                {
                    body["identity"] = ManagedIdentity.Normalize(identity);
                }

                OperationRecord operation = NewOperation(OperationKind.EndpointPatch, before.Key, ProvisioningStates.Updating, fault);
                ResourceTable.Update(connection, before with { State = ProvisioningStates.Updating, Body = body, Operation = operation.Id, ModifiedAt = context.Now });
                OperationTable.Insert(connection, operation);
                return operation;
            },
            request.Aborted);
        runner.Start(operation);
        return ArmReply.Empty(202) with { Headers = OperationLinks.ForAccepted(context, operation.Id, request.ApiVersion) };
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string key = ResourceNames.Key(request.Route("endpoint"));
        string? fault = FaultBoard.ForOperation(request.Http);
        (OperationRecord? operation, string? existing) = await context.Database.WriteAsync<(OperationRecord?, string?)>(
            connection =>
            {
                ResourceRecord? endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, key);
                if (endpoint is null)
                {
                    return (null, null);
                }

                if (endpoint.State == ProvisioningStates.Deleting)
                {
                    return (null, endpoint.Operation);
                }

                OperationRecord operation = NewOperation(OperationKind.EndpointDelete, key, ProvisioningStates.Deleting, fault);
                ResourceTable.Update(connection, endpoint with { State = ProvisioningStates.Deleting, Operation = operation.Id, ModifiedAt = context.Now });
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

    private static void CheckCluster(SqliteConnection connection, ResourceRecord? before, JsonObject body)
    {
        if (before is null
            && body["properties"]!["compute"]?.GetValue<string>() is { } compute
            && ComputeId.Endpoints(connection, compute).Count() >= LargestClusterCount)
        {
            throw ArmErrors.Validation(
                EndpointBody.InvalidDetail,
                [("Compute", $"The compute '{compute}' has {LargestClusterCount.ToString(CultureInfo.InvariantCulture)} endpoints, the most that a cluster can have. Delete one, or use another compute.")]);
        }
    }

    private OperationRecord NewOperation(OperationKind kind, string key, string state, string? fault) =>
        new(OperationLinks.NewId(context, kind), kind, key, null, state, State.OperationStatus.Running, context.Now, Fault: fault);

    private static string ComputeType(ResourceRecord endpoint) => ComputeId.IsKubernetes(endpoint) ? "Kubernetes" : "Managed";
}
