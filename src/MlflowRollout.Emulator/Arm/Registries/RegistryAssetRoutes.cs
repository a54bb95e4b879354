using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Registries;

/// <summary>Assets of the registry: read like those of a workspace, and changed by operations that take their time.</summary>
internal sealed class RegistryAssetRoutes(EmulatorContext context, AssetCollection collection, OperationRunner runner)
{
    private readonly AssetReads _reads = new(context, collection);

    public IEnumerable<ArmRoute> All =>
    [
        .. _reads.Containers,
        .. _reads.Versions,
        new("PUT", collection.ContainerTemplate, PutContainerAsync),
        new("DELETE", collection.ContainerTemplate, request => DeleteAsync(request, null)),
        new("PUT", collection.VersionTemplate, PutVersionAsync),
        new("DELETE", collection.VersionTemplate, request => DeleteAsync(request, request.Route("version"))),
    ];

    private async Task<ArmReply> PutContainerAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        ResourceNames.CheckAsset(collection.Kind.Noun, name);
        JsonObject source = await request.ReadObjectAsync();
        string? fault = FaultBoard.ForOperation(request.Http);
        (OperationRecord operation, JsonObject view) = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? before = AssetTable.FindContainer(connection, collection, name);
                OperationRecord operation = NewOperation(OperationKind.RegistryPut, StateOf(before), name, null, fault);
                (ResourceRecord container, _) = AssetTable.PutContainer(connection, collection, name, source, new AssetState(operation.RunningState, operation.Id, context.Now));
                OperationTable.Insert(connection, operation);
                return (operation, AssetViews.Container(collection, container, AssetTable.Latest(connection, collection, name), context.Identity));
            },
            request.Aborted);
        return Accepted(request, operation, view);
    }

    private async Task<ArmReply> PutVersionAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        ResourceNames.CheckAsset(collection.Kind.Noun, name);
        ResourceNames.CheckVersion(version);
        JsonObject source = await request.ReadObjectAsync();
        string? fault = FaultBoard.ForOperation(request.Http);
        (OperationRecord operation, JsonObject view) = await context.Database.WriteAsync(
            connection =>
            {
                AssetTable.RefuseWhileBusy(collection, AssetTable.FindContainer(connection, collection, name), name, null);
                ResourceRecord? before = AssetTable.FindVersion(connection, collection, name, version);
                OperationRecord operation = NewOperation(OperationKind.RegistryPut, StateOf(before), name, version, fault);
                (ResourceRecord stored, _) = AssetTable.PutVersion(connection, collection, name, version, source, new AssetState(operation.RunningState, operation.Id, context.Now));
                OperationTable.Insert(connection, operation);
                return (operation, AssetViews.Version(collection, stored, context.Identity));
            },
            request.Aborted);
        return Accepted(request, operation, view);
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request, string? version)
    {
        string name = request.Route("asset");
        string? fault = FaultBoard.ForOperation(request.Http);
        (OperationRecord? operation, string? existing) = await context.Database.WriteAsync<(OperationRecord?, string?)>(
            connection =>
            {
                ResourceRecord? before = version is null ? AssetTable.FindContainer(connection, collection, name) : AssetTable.FindVersion(connection, collection, name, version);
                if (before is null)
                {
                    return (null, null);
                }

                if (before.State == ProvisioningStates.Deleting)
                {
                    return (null, before.Operation);
                }

                AssetTable.RefuseWhileBusy(collection, before, name, version);
                AssetUse.RefuseWhileUsed(connection, context, collection, name, version);
                OperationRecord operation = NewOperation(OperationKind.RegistryDelete, ProvisioningStates.Deleting, name, version, fault);
                ResourceTable.Update(connection, before with { State = ProvisioningStates.Deleting, Operation = operation.Id, ModifiedAt = context.Now });
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

    private ArmReply Accepted(ArmRequest request, OperationRecord operation, JsonObject view)
    {
        runner.Start(operation);
        return new ArmReply(201, view)
        {
            Headers = OperationLinks.ForPut(context, operation.Id, view["id"]!.GetValue<string>(), request.ApiVersion),
        };
    }

    private static string StateOf(ResourceRecord? before) => before is null ? ProvisioningStates.Creating : ProvisioningStates.Updating;

    private OperationRecord NewOperation(OperationKind kind, string state, string name, string? version, string? fault) => new(
        OperationLinks.NewId(context, kind),
        kind,
        string.Empty,
        null,
        state,
        State.OperationStatus.Running,
        context.Now,
        Fault: fault,
        Detail: new AssetOperationDetail(collection, name, version).ToJson());
}
