using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Publishing: a model version of the workspace becomes one of the registry, with files of its own.</summary>
internal sealed class PublishRoutes(EmulatorContext context, OperationRunner runner)
{
    private static readonly AssetCollection From = AssetCollection.Models;
    private static readonly AssetCollection To = AssetCollection.RegistryModels;

    public IEnumerable<ArmRoute> All => [new("POST", From.VersionTemplate + "/publish", PublishAsync)];

    private async Task<ArmReply> PublishAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        JsonObject source = await request.ReadObjectAsync();
        string? registry = source.OptionalText("registryName", "registryName");
        if (string.IsNullOrEmpty(registry))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'registryName' is missing.", "registryName");
        }

        if (!registry.Equals(context.Identity.Registry, StringComparison.OrdinalIgnoreCase))
        {
            throw ArmErrors.RegistryNotFound(registry, context.Identity.Registry);
        }

        string toName = source.OptionalText("destinationName", "destinationName") is { Length: > 0 } askedName ? askedName : name;
        string toVersion = source.OptionalText("destinationVersion", "destinationVersion") is { Length: > 0 } askedVersion ? askedVersion : version;
        ResourceNames.CheckAsset(To.Kind.Noun, toName);
        ResourceNames.CheckVersion(toVersion);
        string? fault = FaultBoard.ForOperation(request.Http);
        OperationRecord operation = await context.Database.WriteAsync(
            connection => Accept(connection, AssetTable.RequireVersion(connection, From, name, version), toName, toVersion, fault),
            request.Aborted);
        runner.Start(operation);
        return ArmReply.Empty(202) with { Headers = OperationLinks.ForAccepted(context, operation.Id, request.ApiVersion) };
    }

    private OperationRecord Accept(SqliteConnection connection, ResourceRecord model, string name, string version, string? fault)
    {
        if (AssetTable.FindVersion(connection, To, name, version) is not null)
        {
            throw ArmErrors.Conflict($"The {To.Describe(name, version)} exists in registry '{context.Identity.Registry}' already. Publish it under another name or version.", "destinationVersion");
        }

        string uri = model.Properties["modelUri"]!.GetValue<string>();
        BlobPlace place = new(ContainerOf(name, version), FolderOf(uri));
        JsonObject properties = model.Properties.DeepClone().AsObject();
        properties["modelUri"] = DatastoreUri.Write(context.Identity, place);
        JsonObject body = AssetBody.Version(To.Kind, To.Describe(name, version), new JsonObject { ["properties"] = properties }, null);
        OperationRecord operation = new(
            OperationLinks.NewId(context, OperationKind.ModelPublish),
            OperationKind.ModelPublish,
            string.Empty,
            null,
            ProvisioningStates.Creating,
            State.OperationStatus.Running,
            context.Now,
            Fault: fault,
            Detail: new AssetOperationDetail(To, name, version, new JsonObject
            {
                ["model"] = From.VersionId(context.Identity, model.Parent, model.Name),
                ["uri"] = uri,
                ["container"] = place.Container,
                ["folder"] = place.Prefix,
            }).ToJson());
        AssetTable.PutVersion(connection, To, name, version, body, null, new AssetState(operation.RunningState, operation.Id, context.Now));
        OperationTable.Insert(connection, operation);
        return operation;
    }

    /// <summary>The last segment of the uri: the name that the model's folder or file has.</summary>
    private static string FolderOf(string uri)
    {
        string last = Uri.UnescapeDataString(uri.TrimEnd('/').Split('/')[^1]);
        return last.Length == 0 ? "model" : last;
    }

    private static string ContainerOf(string name, string version) =>
        "registry-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{version}")))[..32].ToLowerInvariant();
}
