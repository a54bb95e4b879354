using System.Text.Json;

namespace MlflowRollout.Testing;

/// <summary>What an emulator writes into its connection file.</summary>
public sealed record EmulatorConnection(
    Uri ArmEndpoint,
    string Token,
    string CaCertificate,
    string SubscriptionId,
    string ResourceGroup,
    string Workspace,
    string Location,
    int ProcessId)
{
    /// <summary>The resource id of the workspace, below <see cref="ArmEndpoint"/>.</summary>
    public string WorkspaceId =>
        $"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/{Workspace}";

    /// <summary>Reads a connection file.</summary>
    public static EmulatorConnection Read(string path) =>
        JsonSerializer.Deserialize<EmulatorConnection>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
        ?? throw new InvalidDataException($"'{path}' holds no connection.");
}
