using System.Security.Cryptography;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>Who this workspace is. Made at the first start on a data folder, the same ever after.</summary>
internal sealed record WorkspaceIdentity(
    string SubscriptionId,
    string ResourceGroup,
    string Workspace,
    string Location,
    Guid WorkspaceId,
    Guid TenantId,
    string StorageAccount,
    string StorageKey,
    string Token,
    DateTimeOffset CreatedAt)
{
    private const string DefaultRegistry = "emulator-registry";

    /// <summary>Name of the registry that this emulator has beside the workspace.</summary>
    public string Registry { get; init; } = DefaultRegistry;

    /// <summary>ARM id of the registry.</summary>
    public string RegistryId => $"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/Microsoft.MachineLearningServices/registries/{Registry}";

    public string Container => $"azureml-blobstore-{WorkspaceId:D}";

    /// <summary>ARM id of the workspace in the casing that clients parse.</summary>
    public string Id =>
        $"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/{Workspace}";

    public string StorageAccountId => $"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/Microsoft.Storage/storageAccounts/{StorageAccount}";

    public static async Task<WorkspaceIdentity> LoadAsync(Database database, EmulatorOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection =>
            {
                string Fixed(string name, string option, string? asked, string fallback)
                {
                    string stored = SettingsTable.GetOrAdd(connection, name, () => asked ?? fallback);
                    return asked is null || string.Equals(asked, stored, StringComparison.OrdinalIgnoreCase)
                        ? stored
                        : throw new StartupException(
                            ExitCode.Usage,
                            $"The data folder belongs to a workspace with {option} {stored}, not {asked}. Leave {option} out, or give --data another folder.");
                }

                Guid workspaceId = Guid.Parse(SettingsTable.GetOrAdd(connection, "workspace-id", () => RandomGuid().ToString("D")));
                return new WorkspaceIdentity(
                    Fixed("subscription-id", "--subscription-id", options.SubscriptionId, "00000000-0000-0000-0000-000000000001"),
                    Fixed("resource-group", "--resource-group", options.ResourceGroup, "emulator"),
                    Fixed("workspace", "--workspace", options.Workspace, "emulator"),
                    Fixed("location", "--location", options.Location, "local"),
                    workspaceId,
                    Guid.Parse(SettingsTable.GetOrAdd(connection, "tenant-id", () => RandomGuid().ToString("D"))),
                    SettingsTable.GetOrAdd(connection, "storage-account", () => $"mlemulator{workspaceId:N}"[..20]),
                    SettingsTable.GetOrAdd(connection, "storage-key", () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))),
                    SettingsTable.GetOrAdd(connection, "token", NewToken),
                    StoredTime.Read(SettingsTable.GetOrAdd(connection, "created-at", () => StoredTime.Write(time.GetUtcNow()))))
                {
                    Registry = Fixed("registry", "--registry", options.Registry, DefaultRegistry),
                };
            },
            cancellationToken);

    private static Guid RandomGuid() => new(RandomNumberGenerator.GetBytes(16));

    private static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
}
