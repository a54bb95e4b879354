using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>Finds endpoints, or refuses in the service's words.</summary>
internal static class EndpointLookup
{
    public static ResourceRecord Require(EmulatorContext context, ArmRequest request) =>
        context.Database.Read(connection => Require(connection, request.Route("endpoint")));

    public static ResourceRecord Require(SqliteConnection connection, string name) =>
        ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, ResourceNames.Key(name)) ?? throw Missing(name);

    public static ArmException Missing(string name) => ArmErrors.NotFound($"Microsoft.MachineLearningServices/workspaces/onlineEndpoints/{name}");

    /// <summary>One change at a time: a second one would be lost or lose the first.</summary>
    public static void RefuseWhileBusy(ResourceRecord? endpoint, string what)
    {
        if (endpoint is not null && !ProvisioningStates.IsFinal(endpoint.State))
        {
            throw ArmErrors.Conflict($"Cannot {what} endpoint {endpoint.Name} because it is in {endpoint.State} provisioning state.", endpoint.Name);
        }
    }
}
