using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;
using MlflowRollout.Emulator.Storage;

namespace MlflowRollout.Emulator.Operations;

/// <summary>What each kind of operation of assets does: one transaction at its end, so that a crash before it does all again.</summary>
internal sealed class AssetOperationExecutor(EmulatorContext context)
{
    public static bool Knows(OperationKind kind) =>
        kind is OperationKind.RegistryPut or OperationKind.RegistryDelete or OperationKind.ModelPublish or OperationKind.ModelPackage;

    public async Task ExecuteAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        AssetOperationDetail detail = AssetOperationDetail.Read(operation.Detail!);
        cancellationToken.ThrowIfCancellationRequested();
        await context.Database.WriteAsync(
            connection =>
            {
                switch (operation.Kind)
                {
                    case OperationKind.RegistryDelete:
                        Delete(connection, detail);
                        break;
                    case OperationKind.ModelPublish:
                        CopyFiles(connection, detail);
                        Finish(connection, operation, detail);
                        break;
                    case OperationKind.ModelPackage:
                        RequireFiles(connection, detail.Source!["modelUri"]!.GetValue<string>(), detail.Source["model"]!.GetValue<string>());
                        Finish(connection, operation, detail);
                        break;
                    default:
                        Finish(connection, operation, detail);
                        break;
                }

                OperationTable.Finish(connection, operation with { Status = OperationStatus.Succeeded, EndedAt = context.Now });
            },
            CancellationToken.None);
    }

    /// <summary>Stores that an operation did not succeed. What was there before stays as it was; what was not there says so.</summary>
    public Task FailAsync(OperationRecord operation) => context.Database.WriteAsync(
        connection =>
        {
            OperationTable.Finish(connection, operation);
            AssetOperationDetail detail = AssetOperationDetail.Read(operation.Detail!);
            if (Find(connection, detail) is not { } resource || resource.Operation != operation.Id)
            {
                return;
            }

            if (operation.Kind is OperationKind.ModelPackage or OperationKind.ModelPublish)
            {
                ResourceTable.Delete(connection, resource.Kind, resource.Parent, resource.Key);
                return;
            }

            string state = operation.Status == OperationStatus.Canceled ? ProvisioningStates.Canceled : ProvisioningStates.Failed;
            ResourceTable.Update(connection, resource with { State = state, Body = resource.Live ?? resource.Body, ModifiedAt = context.Now });
        },
        CancellationToken.None);

    /// <summary>What the result address of a finished operation answers; null for nothing.</summary>
    public JsonObject? Result(OperationRecord operation)
    {
        AssetOperationDetail detail = AssetOperationDetail.Read(operation.Detail!);
        switch (operation.Kind)
        {
            case OperationKind.ModelPackage:
                return detail.Source!["response"]!.DeepClone().AsObject();
            case OperationKind.RegistryPut:
                return context.Database.Read(connection => Find(connection, detail) is not { } resource
                    ? null
                    : detail.Version is null
                        ? AssetViews.Container(detail.Collection, resource, AssetTable.Latest(connection, detail.Collection, detail.Name), context.Identity)
                        : AssetViews.Version(detail.Collection, resource, context.Identity));
            default:
                return null;
        }
    }

    private static void Delete(SqliteConnection connection, AssetOperationDetail detail)
    {
        if (detail.Version is null)
        {
            ResourceTable.DeleteChildren(connection, detail.Collection.Version, detail.Name);
            ResourceTable.Delete(connection, detail.Collection.Container, string.Empty, detail.Name);
        }
        else
        {
            ResourceTable.Delete(connection, detail.Collection.Version, detail.Name, detail.Version);
        }
    }

    private void Finish(SqliteConnection connection, OperationRecord operation, AssetOperationDetail detail)
    {
        ResourceRecord resource = Find(connection, detail)
            ?? throw new OperationFailedException("ResourceNotFound", $"The {detail.Collection.Describe(detail.Name, detail.Version)} is gone.");
        if (resource.Operation == operation.Id)
        {
            ResourceTable.Update(connection, resource with { State = ProvisioningStates.Succeeded, Live = resource.Body, ModifiedAt = context.Now });
        }
    }

    /// <summary>Gives a published version files of its own: the content is stored once, whoever refers to it.</summary>
    private void CopyFiles(SqliteConnection connection, AssetOperationDetail detail)
    {
        string container = detail.Source!["container"]!.GetValue<string>();
        string folder = detail.Source["folder"]!.GetValue<string>();
        (BlobPlace place, List<BlobRecord> files) = RequireFiles(connection, detail.Source["uri"]!.GetValue<string>(), detail.Source["model"]!.GetValue<string>());
        BlobContainerTable.Add(connection, container, context.Now);
        foreach (BlobRecord file in files)
        {
            string name = file.Name == place.Prefix ? folder : $"{folder}/{place.Relative(file)}";
            BlobTable.Set(connection, file with { Container = container, Name = name, CreatedAt = context.Now, ModifiedAt = context.Now });
        }
    }

    private (BlobPlace Place, List<BlobRecord> Files) RequireFiles(SqliteConnection connection, string uri, string model)
    {
        if (!DatastoreUri.TryLocate(uri, context.Identity, out BlobPlace? place, out string? problem))
        {
            throw new OperationFailedException("BadArgument", problem);
        }

        List<BlobRecord> files = place.Files(connection);
        return files.Count > 0
            ? (place, files)
            : throw new OperationFailedException("ResourceNotFound", $"There are no files at '{uri}', where the model '{model}' says it is.");
    }

    private static ResourceRecord? Find(SqliteConnection connection, AssetOperationDetail detail) => detail.Version is null
        ? AssetTable.FindContainer(connection, detail.Collection, detail.Name)
        : AssetTable.FindVersion(connection, detail.Collection, detail.Name, detail.Version);
}
