using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>The file by which clients find a running emulator; there from ready to the end.</summary>
internal static class ConnectionFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string path, WorkspaceIdentity identity, Uri baseAddress, DataFolder folder)
    {
        JsonObject content = new()
        {
            ["armEndpoint"] = baseAddress.GetLeftPart(UriPartial.Authority),
            ["token"] = identity.Token,
            ["caCertificate"] = TlsIdentity.AuthorityFile(folder.Tls),
            ["subscriptionId"] = identity.SubscriptionId,
            ["resourceGroup"] = identity.ResourceGroup,
            ["workspace"] = identity.Workspace,
            ["location"] = identity.Location,
            ["registry"] = identity.Registry,
            ["processId"] = Environment.ProcessId,
            ["dataFolder"] = folder.Root,
        };
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            {
                Directory.CreateDirectory(parent);
            }

            PrivateFile.Write(path, content.ToJsonString(Indented) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                ExitCode.DataFolderUnusable,
                $"The connection file {path} cannot be written: {exception.Message} Give --connection-file a path that this user may write to.",
                exception);
        }
    }

    /// <summary>Removes the file where it is still this process's.</summary>
    public static void Remove(string path)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path))?["processId"]?.GetValue<int>() == Environment.ProcessId)
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Gone, or another's by now: either way it is not ours to remove.
        }
    }
}
