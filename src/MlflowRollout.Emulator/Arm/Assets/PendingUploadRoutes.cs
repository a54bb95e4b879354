using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Storage;
using MlflowRollout.Emulator.Storage.Api;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Places for files that are uploaded before their asset is registered: each gets a container of its own and a signature that opens it.</summary>
internal sealed class PendingUploadRoutes(EmulatorContext context, AssetCollection collection)
{
    private const string Temporary = "TemporaryBlobReference";
    private static readonly TimeSpan Validity = TimeSpan.FromHours(8);
    private readonly ContainerSignature _signature = new(context.Identity);

    public IEnumerable<ArmRoute> All => [new("POST", collection.VersionTemplate + "/startPendingUpload", StartAsync)];

    private async Task<ArmReply> StartAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        ResourceNames.CheckAsset(collection.Kind.Noun, name);
        ResourceNames.CheckVersion(version);
        JsonObject source = await request.ReadOptionalObjectAsync() ?? [];
        string type = source.OptionalText("pendingUploadType", "pendingUploadType") ?? Temporary;
        string id = source.OptionalText("pendingUploadId", "pendingUploadId") is { Length: > 0 } asked ? asked : Guid.NewGuid().ToString("D");
        if (type == "None")
        {
            return ArmReply.Ok(new JsonObject { ["blobReferenceForConsumption"] = null, ["pendingUploadId"] = id, ["pendingUploadType"] = type });
        }

        if (collection.Scope == AssetScope.Registry
            && context.Database.Read(connection => AssetTable.FindVersion(connection, collection, name, version)) is not null)
        {
            throw ArmErrors.Conflict($"The {collection.Describe(name, version)} exists in {collection.Scope.Describe(context.Identity)} already.", "version");
        }

        if (type != Temporary)
        {
            throw ArmErrors.InvalidContent($"The request content was invalid: 'pendingUploadType' must be None or {Temporary}, not '{type}'.", "pendingUploadType");
        }

        string container = ContainerOf(name, version, id);
        await context.Database.WriteAsync(connection => BlobContainerTable.Add(connection, container, context.Now), request.Aborted);
        string address = $"{context.BlobEndpoint}/{container}";
        return ArmReply.Ok(new JsonObject
        {
            ["blobReferenceForConsumption"] = new JsonObject
            {
                ["blobUri"] = address,
                ["storageAccountArmId"] = context.Identity.StorageAccountId,
                ["credential"] = new JsonObject
                {
                    ["credentialType"] = "SAS",
                    ["sasUri"] = $"{address}?{_signature.Query(container, "rcwl", context.Now + Validity)}",
                },
            },
            ["pendingUploadId"] = id,
            ["pendingUploadType"] = type,
        });
    }

    /// <summary>The same upload of the same version finds its container again.</summary>
    private string ContainerOf(string name, string version, string id) =>
        "upload-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{collection.ResourceType}\n{name}\n{version}\n{id}")))[..32].ToLowerInvariant();
}
