using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Finds the deployments that need a model.</summary>
internal static class ModelUse
{
    /// <exception cref="ArmException">A deployment uses it, in effect or on its way.</exception>
    public static void RefuseWhileUsed(SqliteConnection connection, EmulatorContext context, string model, string? version)
    {
        List<string> users = [];
        foreach (ResourceRecord deployment in ResourceTable.ListAll(connection, ResourceKind.Deployment))
        {
            if (new[] { deployment.Body, deployment.Live }.Any(body => Names(body, context, model, version)))
            {
                string endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, deployment.Parent)?.Name ?? deployment.Parent;
                users.Add($"{endpoint}/{deployment.Name}");
            }
        }

        if (users.Count > 0)
        {
            throw ArmErrors.Conflict(
                $"The model '{model}'{(version is null ? string.Empty : $" version '{version}'")} cannot be deleted because deployments use it: {string.Join(", ", users)}. Delete them or give them another model first.",
                model);
        }
    }

    private static bool Names(JsonObject? body, EmulatorContext context, string model, string? version) =>
        ModelReference.TryParse(body?["properties"]?["model"]?.GetValue<string>(), context.Identity, out ModelReference? reference)
        && reference.Name == model
        && (version is null || reference.Version == version);
}
