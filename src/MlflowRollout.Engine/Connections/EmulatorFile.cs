using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;

namespace MlflowRollout.Engine.Connections;

/// <summary>What an emulator wrote into its connection file. Holds a secret.</summary>
internal sealed record EmulatorFile(
    string Path, Uri ArmEndpoint, string Token, string CaCertificate, string SubscriptionId, string ResourceGroup, string Workspace, string Location, int ProcessId, string? DataFolder)
{
    /// <summary>Id of the workspace.</summary>
    public string WorkspaceId => MachineLearningWorkspaceResource.CreateResourceIdentifier(SubscriptionId, ResourceGroup, Workspace).ToString();

    /// <summary>Reads a connection file.</summary>
    /// <exception cref="MlConnectionException">It is missing, broken, or leads off this machine.</exception>
    public static EmulatorFile Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MlConnectionException(
                MlErrorIds.EmulatorNotRunning, $"There is no connection file '{path}': no emulator that writes there is running.", MlErrorCategory.ObjectNotFound, exception)
            {
                IsTerminating = true,
                Target = path,
                RecommendedAction = "Start one with Start-MlEmulator, or see Get-MlEmulator for those that run.",
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, exception.Message.TrimEnd('.'), exception);
        }

        JsonObject body = JsonBody.TryParseObject(text) ?? throw Invalid(path, "it is no JSON object", null);
        string Required(string name) => body.Text(name) is { Length: > 0 } value ? value : throw Invalid(path, $"it has no '{name}'", null);
        Uri address = Uri.TryCreate(Required("armEndpoint"), UriKind.Absolute, out Uri? parsed) && parsed.Scheme == Uri.UriSchemeHttps
            ? parsed
            : throw Invalid(path, "its 'armEndpoint' is no https address", null);
        if (!IsLoopback(address))
        {
            throw Invalid(path, $"its 'armEndpoint' {address.Host} is not on this machine, and an emulator is reached by loopback only", null);
        }

        return new EmulatorFile(
            path,
            address,
            Required("token"),
            Required("caCertificate"),
            Required("subscriptionId"),
            Required("resourceGroup"),
            Required("workspace"),
            body.Text("location") ?? string.Empty,
            body.Number("processId") ?? 0,
            body.Text("dataFolder"));
    }

    /// <summary>True for an address that cannot leave the machine.</summary>
    public static bool IsLoopback(Uri address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <inheritdoc/>
    public override string ToString() => $"{ArmEndpoint} ({Path})";

    private static MlConnectionException Invalid(string path, string reason, Exception? cause) => new(
        MlErrorIds.ConnectionFileInvalid, $"The connection file '{path}' cannot be used: {reason}.", MlErrorCategory.InvalidData, cause)
    {
        IsTerminating = true,
        Target = path,
        RecommendedAction = "Restart the emulator (Stop-MlEmulator, Start-MlEmulator): it writes the file anew.",
    };
}
