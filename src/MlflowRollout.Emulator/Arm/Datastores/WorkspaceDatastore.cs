using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;

namespace MlflowRollout.Emulator.Arm.Datastores;

/// <summary>One of the datastores that each workspace is made with.</summary>
/// <param name="Place">Blob container or file share.</param>
/// <param name="HasFiles">Whether the emulator holds what is in it; of the others it knows the name alone.</param>
internal sealed record WorkspaceDatastore(string Name, string Type, string Place, bool HasFiles)
{
    public bool IsDefault => HasFiles;

    public bool IsBlob => Type == "AzureBlob";

    /// <summary>The default one first, as the service lists them.</summary>
    public static IReadOnlyList<WorkspaceDatastore> All(WorkspaceIdentity identity) =>
    [
        new(DatastoreUri.DefaultDatastore, "AzureBlob", identity.Container, HasFiles: true),
        new("workspaceartifactstore", "AzureBlob", "azureml", HasFiles: false),
        new("workspacefilestore", "AzureFile", $"azureml-filestore-{identity.WorkspaceId:D}", HasFiles: false),
        new("workspaceworkingdirectory", "AzureFile", "code-391ff5ac-6576-460f-ba4d-7e03433c68b6", HasFiles: false),
    ];
}
