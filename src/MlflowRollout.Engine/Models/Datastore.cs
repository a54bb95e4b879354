using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Models;

/// <summary>A blob datastore of the workspace, opened with its own credential.</summary>
internal sealed partial class Datastore
{
    private const string ArtifactStore = "workspaceartifactstore";

    private Datastore(string name, BlobContainerClient container)
    {
        Name = name;
        Container = container;
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Its container.</summary>
    public BlobContainerClient Container { get; }

    /// <summary>Opens the workspace's default datastore.</summary>
    public static async Task<Datastore> OpenDefaultAsync(WorkspaceConnection connection, CancellationToken cancellationToken)
    {
        JsonObject body = await connection.WorkspaceResource.FindDefaultDatastoreAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new MlServiceException(
                MlErrorIds.UnexpectedResponse, MlErrorCategory.ObjectNotFound, $"Workspace {connection.Workspace.Name} has no default datastore to upload to.")
            {
                RecommendedAction = "Set a default datastore in the workspace, or register from an azureml:// uri.",
            };
        return await OpenAsync(connection, body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a datastore by name; null when there is none or it is not of blobs.</summary>
    public static async Task<Datastore?> TryOpenAsync(WorkspaceConnection connection, string name, CancellationToken cancellationToken)
    {
        JsonObject? body = await connection.WorkspaceResource.GetMachineLearningDatastore(name).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body?.Object("properties").Text("datastoreType") is { } type && type.Equals("AzureBlob", StringComparison.OrdinalIgnoreCase)
            ? await OpenAsync(connection, body, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Long form of the uri of a path in this datastore.</summary>
    public static string LongUri(MlWorkspace workspace, string datastore, string path) =>
        $"azureml://subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroupName}/workspaces/{workspace.Name}/datastores/{datastore}/paths/{path}";

    /// <summary>Datastore and path of a datastore uri of this workspace, long or short; null for other uris.</summary>
    public static (string Datastore, string Path)? FindPath(string? uri)
    {
        Match match = uri is null ? Match.Empty : UriRule().Match(uri);
        return match.Success ? (match.Groups["datastore"].Value, match.Groups["path"].Value.TrimEnd('/')) : null;
    }

    /// <summary>
    /// Datastore and path of a model's uri: of a datastore uri, or of what a run logged, which the service keeps in the datastore of artifacts. Null for other uris.
    /// </summary>
    public static (string Datastore, string Path)? FindModelPath(string? uri)
    {
        if (FindPath(uri) is { } place)
        {
            return place;
        }

        Match match = uri is null ? Match.Empty : RunRule().Match(uri);
        return match.Success ? (ArtifactStore, $"ExperimentRun/dcid.{match.Groups["run"].Value}/{match.Groups["path"].Value.TrimEnd('/')}") : null;
    }

    private static async Task<Datastore> OpenAsync(WorkspaceConnection connection, JsonObject body, CancellationToken cancellationToken)
    {
        string name = body.Text("name") ?? string.Empty;
        JsonObject? properties = body.Object("properties");
        string account = properties.Text("accountName") ?? string.Empty;
        string containerName = properties.Text("containerName") ?? string.Empty;
        string suffix = properties.Text("endpoint") is { Length: > 0 } endpoint ? endpoint : connection.Session.Cloud.StorageSuffix;
        if (account.Length == 0 || containerName.Length == 0)
        {
            throw new MlServiceException(
                MlErrorIds.UnexpectedResponse, MlErrorCategory.ProtocolError, $"Datastore {name} of workspace {connection.Workspace.Name} names no storage account and container.");
        }

        Uri address = new($"https://{account}.blob.{suffix}/{containerName}");
        BlobClientOptions options = new() { Transport = connection.Session.Transport };
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Retry.MaxRetries = 4;
        string credentials = properties.Object("credentials").Text("credentialsType") ?? "None";
        if (credentials.Equals("None", StringComparison.OrdinalIgnoreCase))
        {
            return new Datastore(name, new BlobContainerClient(address, connection.Session.Credential, options));
        }

        JsonObject secrets = await connection.WorkspaceResource.GetMachineLearningDatastore(name).GetSecretsAsync(cancellationToken).ConfigureAwait(false);
        return secrets.Text("secretsType") switch
        {
            "AccountKey" => new Datastore(
                name, new BlobContainerClient(address, new StorageSharedKeyCredential(account, secrets.Text("key") ?? string.Empty), options)),
            "Sas" => new Datastore(
                name, new BlobContainerClient(address, new AzureSasCredential((secrets.Text("sasToken") ?? string.Empty).TrimStart('?')), options)),
            _ => new Datastore(name, new BlobContainerClient(address, connection.Session.Credential, options)),
        };
    }

    [GeneratedRegex(@"\Aazureml://(?:subscriptions/[^/]+/resource[gG]roups/[^/]+/workspaces/[^/]+/)?datastores/(?<datastore>[A-Za-z0-9_-]+)/paths/(?<path>.+)\z")]
    private static partial Regex UriRule();

    [GeneratedRegex(@"\A(?:runs:/(?<run>[^/]+)/|azureml://(?:subscriptions/[^/]+/resource[gG]roups/[^/]+/workspaces/[^/]+/)?jobs/(?<run>[^/]+)/outputs/artifacts/(?:paths/)?)(?<path>.+)\z")]
    private static partial Regex RunRule();
}
