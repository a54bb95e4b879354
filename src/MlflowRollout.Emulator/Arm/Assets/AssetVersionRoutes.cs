using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Versions of assets of the workspace.</summary>
internal sealed class AssetVersionRoutes(EmulatorContext context, AssetCollection collection)
{
    private readonly AssetReads _reads = new(context, collection);

    public IEnumerable<ArmRoute> All =>
    [
        .. _reads.Versions,
        new("PUT", collection.VersionTemplate, PutAsync),
        new("DELETE", collection.VersionTemplate, DeleteAsync),
    ];

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        ResourceNames.CheckAsset(collection.Kind.Noun, name);
        ResourceNames.CheckVersion(version);
        JsonObject source = await request.ReadObjectAsync();
        (ResourceRecord stored, bool created) = await context.Database.WriteAsync(
            connection => AssetTable.PutVersion(connection, collection, name, version, source, AssetState.Done(context.Now)),
            request.Aborted);
        return new ArmReply(created ? 201 : 200, AssetViews.Version(collection, stored, context.Identity));
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        bool deleted = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? before = AssetTable.FindVersion(connection, collection, name, version);
                if (before is null)
                {
                    return false;
                }

                AssetTable.RefuseWhileBusy(collection, before, name, version);
                AssetUse.RefuseWhileUsed(connection, context, collection, name, version);
                return ResourceTable.Delete(connection, collection.Version, name, version);
            },
            request.Aborted);
        return ArmReply.Empty(deleted ? 200 : 204);
    }
}
