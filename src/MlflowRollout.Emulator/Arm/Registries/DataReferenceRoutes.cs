using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.Storage.Api;

namespace MlflowRollout.Emulator.Arm.Registries;

/// <summary>Signatures that open the files of an asset of the registry for reading.</summary>
internal sealed class DataReferenceRoutes(EmulatorContext context)
{
    private static readonly TimeSpan Validity = TimeSpan.FromHours(8);
    private readonly ContainerSignature _signature = new(context.Identity);

    public IEnumerable<ArmRoute> All => [new("POST", ArmPaths.Registry + "/datareferences/{asset}/versions/{version}", OpenAsync)];

    private async Task<ArmReply> OpenAsync(ArmRequest request)
    {
        JsonObject source = await request.ReadObjectAsync();
        string id = source.OptionalText("assetId", "assetId") ?? throw Missing("assetId");
        string uri = source.OptionalText("blobUri", "blobUri") ?? throw Missing("blobUri");
        if (!AssetReference.TryParse(id, context.Identity, out AssetReference? reference)
            || reference.Collection.Scope != AssetScope.Registry
            || context.Database.Read(connection => AssetTable.FindVersion(connection, reference.Collection, reference.Name, reference.Version)) is not { } version)
        {
            throw ArmErrors.NotFound(id);
        }

        if (version.Properties[reference.Collection.Kind.UriMember ?? string.Empty]?.GetValue<string>() != uri
            || !DatastoreUri.TryLocate(uri, context.Identity, out BlobPlace? place, out _))
        {
            throw ArmErrors.UserError($"The files of the {reference.Collection.Describe(reference.Name, reference.Version)} are not at '{uri}'.", "blobUri");
        }

        string address = $"{context.BlobEndpoint}/{place.Container}";
        string path = string.Join('/', place.Prefix.Split('/').Select(Uri.EscapeDataString));
        return ArmReply.Ok(new JsonObject
        {
            ["blobReferenceForConsumption"] = new JsonObject
            {
                ["blobUri"] = path.Length == 0 ? address : $"{address}/{path}",
                ["storageAccountArmId"] = context.Identity.StorageAccountId,
                ["credential"] = new JsonObject
                {
                    ["credentialType"] = "SAS",
                    ["sasUri"] = $"{address}?{_signature.Query(place.Container, "rl", context.Now + Validity)}",
                },
            },
        });
    }

    private static ArmException Missing(string member) =>
        ArmErrors.InvalidContent($"The request content was invalid: '{member}' is missing.", member);
}
