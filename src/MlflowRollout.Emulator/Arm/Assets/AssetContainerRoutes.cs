using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Containers of the workspace: what versions of one name have in common.</summary>
internal sealed class AssetContainerRoutes(EmulatorContext context, AssetCollection collection)
{
    private readonly AssetReads _reads = new(context, collection);

    public IEnumerable<ArmRoute> All =>
    [
        .. _reads.Containers,
        new("PUT", collection.ContainerTemplate, PutAsync),
        new("DELETE", collection.ContainerTemplate, DeleteAsync),
    ];

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        ResourceNames.CheckAsset(collection.Kind.Noun, name);
        JsonObject source = await request.ReadObjectAsync();
        (ResourceRecord container, string? latest, bool created) = await context.Database.WriteAsync(
            connection =>
            {
                (ResourceRecord container, bool created) = AssetTable.PutContainer(connection, collection, name, source, AssetState.Done(context.Now));
                return (container, AssetTable.Latest(connection, collection, name), created);
            },
            request.Aborted);
        return new ArmReply(created ? 201 : 200, AssetViews.Container(collection, container, latest, context.Identity));
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        bool deleted = await context.Database.WriteAsync(
            connection =>
            {
                if (AssetTable.FindContainer(connection, collection, name) is null)
                {
                    return false;
                }

                AssetUse.RefuseWhileUsed(connection, context, collection, name, null);
                ResourceTable.DeleteChildren(connection, collection.Version, name);
                return ResourceTable.Delete(connection, collection.Container, string.Empty, name);
            },
            request.Aborted);
        return ArmReply.Empty(deleted ? 200 : 204);
    }
}
