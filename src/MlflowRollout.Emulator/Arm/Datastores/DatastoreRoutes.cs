using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;
using MlflowRollout.Emulator.Storage.Api;

namespace MlflowRollout.Emulator.Arm.Datastores;

/// <summary>The workspace's datastores. The blobs of the default one are held by this emulator itself.</summary>
internal sealed class DatastoreRoutes(EmulatorContext context)
{
    private const int PageSize = 30;
    private const int LongestSecretHours = 24 * 7;

    private readonly IReadOnlyList<WorkspaceDatastore> _all = WorkspaceDatastore.All(context.Identity);
    private readonly ContainerSignature _signature = new(context.Identity);

    private string Default => _all[0].Name;

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace + "/datastores", List),
        new("GET", ArmPaths.Datastore, request => Task.FromResult(ArmReply.Ok(Render(Require(request))))),
        new("PUT", ArmPaths.Datastore, request => throw ArmErrors.NotSupported($"Creating or changing the datastore '{request.Route("datastore")}'", $"Use '{Default}'.")),
        new("DELETE", ArmPaths.Datastore, request => throw ArmErrors.NotSupported($"Deleting the datastore '{request.Route("datastore")}'", $"Use '{Default}'.")),
        new("POST", ArmPaths.Datastore + "/listSecrets", ListSecretsAsync),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        bool? isDefault = request.QueryFlag("isDefault");
        string[] names = (request.Query("names") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string text = request.Query("searchText") ?? string.Empty;
        List<WorkspaceDatastore> wanted =
        [
            .. _all.Where(store => isDefault is null || store.IsDefault == isDefault)
                .Where(store => names.Length == 0 || names.Contains(store.Name, StringComparer.OrdinalIgnoreCase))
                .Where(store => store.Name.Contains(text, StringComparison.OrdinalIgnoreCase)),
        ];
        return Task.FromResult(ArmPaging.Page(request, context, wanted, "count", PageSize, Render));
    }

    private async Task<ArmReply> ListSecretsAsync(ArmRequest request)
    {
        WorkspaceDatastore store = Require(request);
        JsonObject source = await request.ReadOptionalObjectAsync() ?? [];
        bool expirable = source.OptionalFlag("expirableSecret", "expirableSecret") ?? false;
        int hours = source.OptionalInteger("expireAfterHours", "expireAfterHours") ?? 1;
        if (hours is < 1 or > LongestSecretHours)
        {
            throw ArmJson.WrongType("expireAfterHours", "a number of hours from 1 to 168");
        }

        return ArmReply.Ok(expirable && store.HasFiles
            ? new JsonObject { ["secretsType"] = "Sas", ["sasToken"] = _signature.Query(store.Place, "rcwl", context.Now.AddHours(hours)) }
            : new JsonObject { ["secretsType"] = "AccountKey", ["key"] = context.Identity.StorageKey });
    }

    private WorkspaceDatastore Require(ArmRequest request)
    {
        string name = request.Route("datastore");
        return _all.FirstOrDefault(store => store.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw ArmErrors.NotFound($"datastores/{name}");
    }

    private JsonObject Render(WorkspaceDatastore store)
    {
        WorkspaceIdentity identity = context.Identity;
        string created = StoredTime.Write(identity.CreatedAt);
        return new JsonObject
        {
            ["id"] = $"{identity.Id}/datastores/{store.Name}",
            ["name"] = store.Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/datastores",
            ["properties"] = new JsonObject
            {
                ["datastoreType"] = store.Type,
                ["accountName"] = identity.StorageAccount,
                [store.IsBlob ? "containerName" : "fileShareName"] = store.Place,
                ["endpoint"] = "core.windows.net",
                ["protocol"] = "https",
                ["subscriptionId"] = identity.SubscriptionId,
                ["resourceGroup"] = identity.ResourceGroup,
                ["isDefault"] = store.IsDefault,
                ["description"] = null,
                ["tags"] = new JsonObject(),

                // No host name leads to this process, so the address that does is given beside the service's members.
                ["properties"] = store.HasFiles ? new JsonObject { ["blobEndpoint"] = context.BlobEndpoint } : new JsonObject(),
                ["serviceDataAccessAuthIdentity"] = "None",
                ["credentials"] = new JsonObject { ["credentialsType"] = "AccountKey" },
            },
            ["systemData"] = new JsonObject
            {
                ["createdBy"] = "emulator",
                ["createdByType"] = "User",
                ["createdAt"] = created,
                ["lastModifiedAt"] = created,
            },
        };
    }
}
