using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Reading and listing of a collection; the same in a workspace and in a registry.</summary>
internal sealed class AssetReads(EmulatorContext context, AssetCollection collection)
{
    public IEnumerable<ArmRoute> Containers =>
    [
        new("GET", collection.ListTemplate, ListContainers),
        new("GET", collection.ContainerTemplate, GetContainer),
    ];

    public IEnumerable<ArmRoute> Versions =>
    [
        new("GET", collection.ContainerTemplate + "/versions", ListVersions),
        new("GET", collection.VersionTemplate, GetVersion),
    ];

    private Task<ArmReply> ListContainers(ArmRequest request)
    {
        Func<ResourceRecord, bool> filter = ListView.Filter(request);
        List<(ResourceRecord Container, string? Latest)> all = context.Database.Read(connection =>
            ResourceTable.List(connection, collection.Container)
                .Where(filter)
                .Select(container => (container, AssetTable.Latest(connection, collection, container.Name)))
                .ToList());
        return Task.FromResult(ArmPaging.Page(request, context, all, "count", 100, item => AssetViews.Container(collection, item.Container, item.Latest, context.Identity)));
    }

    private Task<ArmReply> GetContainer(ArmRequest request)
    {
        (ResourceRecord container, string? latest) = context.Database.Read(connection =>
        {
            ResourceRecord container = AssetTable.RequireContainer(connection, collection, request.Route("asset"));
            return (container, AssetTable.Latest(connection, collection, container.Name));
        });
        return Task.FromResult(ArmReply.Ok(AssetViews.Container(collection, container, latest, context.Identity)));
    }

    private Task<ArmReply> ListVersions(ArmRequest request)
    {
        string name = request.Route("asset");
        Func<ResourceRecord, bool> view = ListView.Filter(request);
        List<ResourceRecord> stored = context.Database.Read(connection =>
        {
            AssetTable.RequireContainer(connection, collection, name);
            return ResourceTable.List(connection, collection.Version, name);
        });
        IEnumerable<ResourceRecord> all = stored
            .Where(view)
            .Where(version => request.Query("version") is not { Length: > 0 } wanted || version.Name == wanted)
            .Where(version => request.Query("description") is not { Length: > 0 } wanted || version.Properties["description"]?.GetValue<string>() == wanted)
            .Where(version => ResourceBody.HasAll(version.Properties["tags"] as JsonObject, request.Query("tags")))
            .Where(version => ResourceBody.HasAll(version.Properties["properties"] as JsonObject, request.Query("properties")))
            .Where(version => collection.Kind.IsListed(request, version));
        all = request.Query("$orderBy")?.ToUpperInvariant() switch
        {
            null or "" or "CREATEDTIME DESC" => all.OrderByDescending(version => version.Sequence),
            "CREATEDTIME" or "CREATEDTIME ASC" => all.OrderBy(version => version.Sequence),
            "MODIFIEDTIME DESC" => all.OrderByDescending(version => version.ModifiedAt),
            "MODIFIEDTIME" or "MODIFIEDTIME ASC" => all.OrderBy(version => version.ModifiedAt),
            _ => throw ArmErrors.InvalidContent($"The query parameter '$orderBy' must be createdtime or modifiedtime, with asc or desc, not '{request.Query("$orderBy")}'.", "$orderBy"),
        };
        if (request.Query("offset") is { Length: > 0 } offset)
        {
            all = int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? all.Skip(count)
                : throw ArmErrors.InvalidContent($"The query parameter 'offset' must be a whole number, not '{offset}'.", "offset");
        }

        return Task.FromResult(ArmPaging.Page(request, context, all.ToList(), "$top", 100, version => AssetViews.Version(collection, version, context.Identity)));
    }

    private Task<ArmReply> GetVersion(ArmRequest request)
    {
        ResourceRecord version = context.Database.Read(connection =>
            AssetTable.RequireVersion(connection, collection, request.Route("asset"), request.Route("version")));
        return Task.FromResult(ArmReply.Ok(AssetViews.Version(collection, version, context.Identity)));
    }
}
