using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Model containers: what versions of one name have in common.</summary>
internal sealed class ModelContainerRoutes(EmulatorContext context)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace + "/models", List),
        new("GET", ArmPaths.Model, Get),
        new("PUT", ArmPaths.Model, PutAsync),
        new("DELETE", ArmPaths.Model, DeleteAsync),
    ];

    public static ArmException Missing(string model) => ArmErrors.NotFound($"Microsoft.MachineLearningServices/workspaces/models/{model}");

    private Task<ArmReply> List(ArmRequest request)
    {
        Func<ResourceRecord, bool> filter = ListView.Filter(request);
        List<(ResourceRecord Container, string? Latest)> all = context.Database.Read(connection =>
            ResourceTable.List(connection, ResourceKind.ModelContainer)
                .Where(filter)
                .Select(container => (container, Latest(connection, container)))
                .ToList());
        return Task.FromResult(ArmPaging.Page(request, context, all, "count", 100, item => ModelViews.Container(item.Container, item.Latest, context)));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        (ResourceRecord container, string? latest) = context.Database.Read(connection =>
        {
            ResourceRecord container = Require(connection, request.Route("model"));
            return (container, Latest(connection, container));
        });
        return Task.FromResult(ArmReply.Ok(ModelViews.Container(container, latest, context)));
    }

    private async Task<ArmReply> PutAsync(ArmRequest request)
    {
        string name = request.Route("model");
        ResourceNames.CheckModel(name);
        JsonObject source = await request.ReadObjectAsync();
        (ResourceRecord container, string? latest, bool created) = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord? before = ResourceTable.Find(connection, ResourceKind.ModelContainer, string.Empty, name);
                JsonObject body = ModelBody.Container(source, before);
                if (before is null)
                {
                    ResourceTable.Insert(connection, New(name, body));
                }
                else
                {
                    ResourceTable.Update(connection, before with { Body = body, ModifiedAt = context.Now });
                }

                ResourceRecord after = Require(connection, name);
                return (after, Latest(connection, after), before is null);
            },
            request.Aborted);
        return new ArmReply(created ? 201 : 200, ModelViews.Container(container, latest, context));
    }

    private async Task<ArmReply> DeleteAsync(ArmRequest request)
    {
        string name = request.Route("model");
        bool deleted = await context.Database.WriteAsync(
            connection =>
            {
                if (ResourceTable.Find(connection, ResourceKind.ModelContainer, string.Empty, name) is null)
                {
                    return false;
                }

                ModelUse.RefuseWhileUsed(connection, context, name, null);
                ResourceTable.DeleteChildren(connection, ResourceKind.ModelVersion, name);
                return ResourceTable.Delete(connection, ResourceKind.ModelContainer, string.Empty, name);
            },
            request.Aborted);
        return ArmReply.Empty(deleted ? 200 : 204);
    }

    private ResourceRecord New(string name, JsonObject body) =>
        new(0, ResourceKind.ModelContainer, string.Empty, name, name, ProvisioningStates.Succeeded, body, null, null, context.Now, context.Now);

    private static ResourceRecord Require(SqliteConnection connection, string name) =>
        ResourceTable.Find(connection, ResourceKind.ModelContainer, string.Empty, name) ?? throw Missing(name);

    private static string? Latest(SqliteConnection connection, ResourceRecord container) =>
        ResourceTable.List(connection, ResourceKind.ModelVersion, container.Key).LastOrDefault()?.Name;
}
