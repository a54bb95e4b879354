using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Finds the deployments that need an asset.</summary>
internal static class AssetUse
{
    /// <exception cref="ArmException">A deployment uses it, in effect or on its way.</exception>
    public static void RefuseWhileUsed(SqliteConnection connection, EmulatorContext context, AssetCollection collection, string name, string? version)
    {
        List<string> users = [];
        foreach (ResourceRecord deployment in ResourceTable.ListAll(connection, ResourceKind.Deployment))
        {
            if (new[] { deployment.Body, deployment.Live }.Any(body => Names(body, context, collection, name, version)))
            {
                string endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, deployment.Parent)?.Name ?? deployment.Parent;
                users.Add($"{endpoint}/{deployment.Name}");
            }
        }

        if (users.Count > 0)
        {
            throw ArmErrors.Conflict(
                $"The {collection.Describe(name, version)} cannot be deleted because deployments use it: {string.Join(", ", users)}. Delete them or give them another {collection.Kind.Noun} first.",
                name);
        }
    }

    private static bool Names(JsonObject? body, EmulatorContext context, AssetCollection collection, string name, string? version) =>
        body?["properties"] is JsonObject properties
        && AssetReference.TryParse(collection.Kind.NamedBy(properties), context.Identity, out AssetReference? reference)
        && reference.Collection == collection
        && reference.Name == name
        && (version is null || reference.Version == version);
}
