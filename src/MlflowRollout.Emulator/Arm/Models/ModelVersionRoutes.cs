using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Model versions.</summary>
internal sealed class ModelVersionRoutes(EmulatorContext context)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Model + "/versions", List),
        new("GET", ArmPaths.ModelVersion, Get),
        new("PUT", ArmPaths.ModelVersion, PutAsync),
        new("DELETE", ArmPaths.ModelVersion, DeleteAsync),
        new("POST", ArmPaths.ModelVersion + "/publish", _ => throw ArmErrors.NotSupported("Publishing a model to a registry")),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        string model = request.Route("model");
        Func<ResourceRecord, bool> view = ListView.Filter(request);
        List<ResourceRecord> stored = context.Database.Read(connection =>
            ResourceTable.Find(connection, ResourceKind.ModelContainer, string.Empty, model) is null
                ? throw ModelContainerRoutes.Missing(model)
                : ResourceTable.List(connection, ResourceKind.ModelVersion, model));
        IEnumerable<ResourceRecord> all = stored
            .Where(view)
            .Where(version => request.Query("version") is not { Length: > 0 } wanted || version.Name == wanted)
            .Where(version => request.Query("description") is not { Length: > 0 } wanted || version.Properties["description"]?.GetValue<string>() == wanted)
            .Where(version => ResourceBody.HasAll(version.Properties["tags"] as JsonObject, request.Query("tags")))
            .Where(version => ResourceBody.HasAll(version.Properties["properties"] as JsonObject, request.Query("properties")));
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

        return Task.FromResult(ArmPaging.Page(request, context, all.ToList(), "$top", 100, version => ModelViews.Version(version, context)));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        ResourceRecord version = context.Database.Read(connection =>
            ResourceTable.Find(connection, ResourceKind.ModelVersion, request.Route("model"), request.Route("version")))
            ?? throw Missing(request);
        return Task.FromResult(ArmReply.Ok(ModelViews.Version(version, context)));
    }

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string model = request.Route("model");
        string name = request.Route("version");
        ResourceNames.CheckModel(model);
        ResourceNames.CheckVersion(name);
        JsonObject source = await request.ReadObjectAsync();
        (ResourceRecord version, bool created) = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? before = ResourceTable.Find(connection, ResourceKind.ModelVersion, model, name);
                JsonObject body = ModelBody.Version(model, name, source, before);
                if (before is not null)
                {
                    ResourceRecord changed = before with { Body = body, ModifiedAt = context.Now };
                    ResourceTable.Update(connection, changed);
                    return (changed, false);
                }

                ResourceRecord? container = ResourceTable.Find(connection, ResourceKind.ModelContainer, string.Empty, model);
                if (container is null)
                {
                    JsonObject containerBody = ModelBody.EmptyContainer();
                    ModelBody.Note(containerBody, name);
                    ResourceTable.Insert(
                        connection,
                        new ResourceRecord(0, ResourceKind.ModelContainer, string.Empty, model, model, ProvisioningStates.Succeeded, containerBody, null, null, context.Now, context.Now));
                }
                else
                {
                    ModelBody.Note(container.Body, name);
                    ResourceTable.Update(connection, container with { ModifiedAt = context.Now });
                }

                ResourceRecord record = new(0, ResourceKind.ModelVersion, model, name, name, ProvisioningStates.Succeeded, body, null, null, context.Now, context.Now);
                ResourceTable.Insert(connection, record);
                return (record, true);
            },
            request.Aborted);
        return new ArmReply(created ? 201 : 200, ModelViews.Version(version, context));
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string model = request.Route("model");
        string name = request.Route("version");
        bool deleted = await context.Database.WriteAsync(
            connection =>
            {
                if (ResourceTable.Find(connection, ResourceKind.ModelVersion, model, name) is null)
                {
                    return false;
                }

                ModelUse.RefuseWhileUsed(connection, context, model, name);
                return ResourceTable.Delete(connection, ResourceKind.ModelVersion, model, name);
            },
            request.Aborted);
        return ArmReply.Empty(deleted ? 200 : 204);
    }

    private static ArmException Missing(ArmRequest request) =>
        ArmErrors.NotFound($"Microsoft.MachineLearningServices/workspaces/models/{request.Route("model")}/versions/{request.Route("version")}");
}
