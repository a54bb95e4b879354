using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Datastores;

/// <summary>The default datastore, whose blobs this emulator holds itself.</summary>
internal sealed class DatastoreRoutes(EmulatorContext context)
{
    private static readonly string Name = DatastoreUri.DefaultDatastore;

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace + "/datastores", List),
        new("GET", ArmPaths.Datastore, Get),
        new("PUT", ArmPaths.Datastore, request => throw ArmErrors.NotSupported($"Creating or changing the datastore '{request.Route("datastore")}'", $"Use '{Name}'.")),
        new("DELETE", ArmPaths.Datastore, request => throw ArmErrors.NotSupported($"Deleting the datastore '{request.Route("datastore")}'", $"The emulator has '{Name}' alone.")),
        new("POST", ArmPaths.Datastore + "/listSecrets", ListSecrets),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        bool wanted = request.QueryFlag("isDefault") is null or true
            && (request.Query("names") is not { Length: > 0 } names || names.Split(',').Contains(Name, StringComparer.OrdinalIgnoreCase))
            && (request.Query("searchText") is not { Length: > 0 } text || Name.Contains(text, StringComparison.OrdinalIgnoreCase));
        JsonArray value = wanted ? [Render()] : [];
        return Task.FromResult(ArmReply.Ok(new JsonObject { ["value"] = value, ["nextLink"] = null }));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        Check(request);
        return Task.FromResult(ArmReply.Ok(Render()));
    }

    private Task<ArmReply> ListSecrets(ArmRequest request)
    {
        Check(request);
        return Task.FromResult(ArmReply.Ok(new JsonObject { ["secretsType"] = "AccountKey", ["key"] = context.Identity.StorageKey }));
    }

    private static void Check(ArmRequest request)
    {
        string name = request.Route("datastore");
        if (!name.Equals(Name, StringComparison.OrdinalIgnoreCase))
        {
            throw ArmErrors.NotFound($"datastores/{name}");
        }
    }

    private JsonObject Render()
    {
        WorkspaceIdentity identity = context.Identity;
        string created = StoredTime.Write(identity.CreatedAt);
        return new JsonObject
        {
            ["id"] = $"{identity.Id}/datastores/{Name}",
            ["name"] = Name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/datastores",
            ["properties"] = new JsonObject
            {
                ["datastoreType"] = "AzureBlob",
                ["accountName"] = identity.StorageAccount,
                ["containerName"] = identity.Container,
                ["endpoint"] = "core.windows.net",
                ["protocol"] = "https",
                ["subscriptionId"] = identity.SubscriptionId,
                ["resourceGroup"] = identity.ResourceGroup,
                ["isDefault"] = true,
                ["description"] = null,
                ["tags"] = new JsonObject(),

                // No host name leads to this process, so the address that does is given beside the service's members.
                ["properties"] = new JsonObject { ["blobEndpoint"] = context.BlobEndpoint },
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
